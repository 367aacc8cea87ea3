import { runProgram } from './cli/program.js';

void runProgram(process.argv);
