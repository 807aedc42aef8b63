/** What every test file needs before its tests, and leaves behind in no case. */
import 'reflect-metadata';
import { afterAll } from 'vitest';
import { killWhatIsLeft } from './process.js';

afterAll(killWhatIsLeft);
