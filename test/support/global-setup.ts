import { setUp } from './server.js';

export default setUp;
