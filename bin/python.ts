/**
 * Makes the Python package in `dist/python`: the constructs compiled by jsii, the Python code for them, and the wheel
 * where Python's own build tools are there.
 */
import { builderOfWheels, buildWheel, compile, generate, PYTHON, stage } from './python-package';

stage(PYTHON);
compile(PYTHON);
generate(PYTHON);
const python = builderOfWheels();
if (python !== undefined) console.log(buildWheel(PYTHON, python));
else
  console.error(
    'no wheel was built: it takes the Python modules build, wheel and setuptools (Debian: apt-get install python3-build python3-wheel python3-setuptools)',
  );
