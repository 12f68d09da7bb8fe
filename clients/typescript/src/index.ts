export { type Challenge, type Options, type Person, type State, Users } from "./client.js";
export { type ErrorCode, type Fault, UsersError, unwrap } from "./errors.js";
export type { components, operations, paths } from "./schema.js";
export { memory, type Storage } from "./tokens.js";
