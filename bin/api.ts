/** Writes `API.md` from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument } from './api-document';
import { compile, PYTHON, stage } from './python-package';

stage(PYTHON);
compile(PYTHON);
const assembly = JSON.parse(readFileSync(join(PYTHON, '.jsii'), 'utf8'));
writeFileSync(join(__dirname, '../API.md'), apiDocument(assembly));
