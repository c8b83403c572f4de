/**
 * What Redis carries out as a whole, in Lua. XADD has no key of its own, so the key of the step is kept beside the
 * stream, with the id of the message.
 *
 * Limits: a key is known for `keysKeptFor` only; a server that removes keys when its memory is full, or a failover to a
 * replica that has not received the last writes, may forget it earlier. A repetition then adds the message again.
 */

/**
 * KEYS: stream, key of the step. ARGV: how long the key is kept in ms, limit of the stream, field, value, …
 * Returns { id, 1 }, or { id, 0 } if an earlier attempt added it; the error LATE after a look-up that found nothing.
 *
 * The key is written before the message: an error of any command is an error before the message was added.
 */
export const ADD = `
local kept = redis.call('GET', KEYS[2])
if kept == '' then return redis.error_reply('LATE a look-up has found nothing') end
if kept then return {kept, 0} end
redis.call('SET', KEYS[2], '-', 'PX', ARGV[1])
local command = {'XADD', KEYS[1]}
if ARGV[2] ~= '0' then
  command[3] = 'MAXLEN'
  command[4] = '~'
  command[5] = ARGV[2]
end
command[#command + 1] = '*'
for at = 3, #ARGV do command[#command + 1] = ARGV[at] end
local id = redis.pcall(unpack(command))
if type(id) == 'table' and id.err then
  redis.call('DEL', KEYS[2])
  return id
end
redis.call('SET', KEYS[2], id, 'PX', ARGV[1])
return {id, 1}
`;

/**
 * KEYS: key of the step. ARGV: how long the answer is kept in ms. Returns the id of the message, or '' after which no
 * attempt adds one.
 */
export const LOOK_UP = `
local kept = redis.call('GET', KEYS[1])
if kept and kept ~= '' then return kept end
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
return ''
`;

/** In the same slot of a cluster as the stream. */
export function keyBeside(stream: string, digest: string): string {
  const tagged = /\{[^}]+\}/.test(stream) ? stream : `{${stream}}`;
  return `${tagged}:backstitch:${digest}`;
}
