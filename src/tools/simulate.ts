import { runCommand } from './run-command.ts';
import { simulateCommand } from './simulate/simulate-command.ts';

await runCommand(simulateCommand());
