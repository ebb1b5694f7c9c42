import { main } from '../cli/demo/main';

void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
