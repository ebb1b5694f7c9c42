import { main } from '../cli/template/main';

void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
