import { main } from '../cli/doctor/main';

void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
