import { main } from '../cli/sql/main';

void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
