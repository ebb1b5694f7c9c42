import { main } from '../cli/demo/main';
import { drainDefinition } from '../lib/drain/definition';

void main(process.argv.slice(2), drainDefinition).then((exitCode) => process.exit(exitCode));
