/** The commands of Telnet by which options are agreed on: RFC 854. */
export const SE = 240;
export const SB = 250;
export const WILL = 251;
export const WONT = 252;
export const DO = 253;
export const DONT = 254;
export const IAC = 255;
