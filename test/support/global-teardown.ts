import { tearDown } from './server.js';

export default tearDown;
