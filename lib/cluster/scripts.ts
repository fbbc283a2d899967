/**
 * The scripts by which servers write to what they share. Each is one step for everybody else, and checks what
 * it is given before it writes: none can leave half of its work behind.
 *
 * A room has these keys. Their common part in braces puts them on one node of a Redis cluster.
 *
 * - `log`, a stream: what happened, in order. An entry's id is generation-counter, and within a generation
 *   no counter is left out. So a reader notices a gap.
 * - `names`, from the key of a name to the id of who has it; `people`, from that id to key, order and name;
 *   `spoke`, from that id to when it last spoke, or joined. `names` and `people` have a field without a name that holds
 *   the generation, which tells that they are not lost.
 * - `nodes`: each server, and when its lease ends.
 * - `meta`: the generation (`gen`), its last counter (`n`), where it goes on from (`from`), which Redis wrote
 *   it (`run`), when a server was last heard (`at`), each server's epoch (`e:SERVER`), and what bounds the log.
 * - `inbox:SERVER`, a stream: private lines, each under the id of the log's entry after which it is shown.
 *
 * A server's epoch grows with each connection. So what it sent over an earlier one, and comes late, is refused.
 */

/** The version of all this. A server does not take part in a room that has another. */
export const LOG_VERSION = "2";

/** The log keeps about so many entries, */
const ENTRIES_MAX = 10_000;

/** and so many parts, each of this size in bytes. The one that is being filled comes on top. */
const PARTS = 8;
const PART_BYTES = 8_388_608;

/** The most private lines that wait for one server, in bundles. */
const LETTERS_MAX = 1_000;

const COMMON = `
local LOG, NAMES, PEOPLE, SPOKE, NODES, META, INBOX = unpack(KEYS)
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function add(...)
  local id = string.format('%s-%.0f', call('HGET', META, 'gen'), call('HINCRBY', META, 'n', 1))
  call('XADD', LOG, 'MAXLEN', '~', ${ENTRIES_MAX}, id, 'v', ${LOG_VERSION}, 'a', string.format('%.0f', now), ...)
  return id
end

local function extendLeases(lease)
  for _, node in ipairs(call('ZRANGE', NODES, 0, -1)) do call('ZADD', NODES, now + lease, node) end
end

local function hasPeople(gen)
  return call('HGET', NAMES, '') == gen and call('HGET', PEOPLE, '') == gen
end

-- An entry beyond the counter was put there by somebody else. To add one could fail halfway.
local function isWhole(gen)
  if not gen or call('HGET', META, 'gen') ~= gen or not hasPeople(gen) then return false end
  local tip = string.format('(%s-%.0f', gen, tonumber(call('HGET', META, 'n') or '0'))
  return call('EXISTS', LOG) == 1 and #call('XRANGE', LOG, tip, '+', 'COUNT', 1) == 0
end

local function forget(id, person)
  local key = string.match(person, '^[^\\n]*')
  if call('HGET', NAMES, key) == id then call('HDEL', NAMES, key) end
  call('HDEL', PEOPLE, id)
  call('HDEL', SPOKE, id)
end

local function remove(node)
  local all = call('HGETALL', PEOPLE)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, #node + 1) == node .. ':' then forget(all[i], all[i + 1]) end
  end
  call('ZREM', NODES, node)
  call('HDEL', META, 'e:' .. node)
  call('DEL', INBOX .. node)
  add('d', node)
end
`;

/**
 * A server has connected: node, epoch, lease in ms, the generation and counter that it has applied (0 if none),
 * and the other servers that it knows. It opens a generation if the log may not be what it was.
 */
export const ENTER = `${COMMON}
local me, epoch, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local knownGen, knownN = tonumber(ARGV[4]), tonumber(ARGV[5])
local version = call('HGET', META, 'version')
if version and version ~= '${LOG_VERSION}' then return redis.error_reply('VERSION ' .. version) end
if (tonumber(call('HGET', META, 'e:' .. me)) or 0) >= epoch then return redis.error_reply('FENCED') end
local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
local gen, n = call('HGET', META, 'gen'), tonumber(call('HGET', META, 'n') or '0')
local g = tonumber(gen or '0')
local top = '0-0'
if call('EXISTS', LOG) == 1 then
  local info = call('XINFO', 'STREAM', LOG)
  for i = 1, #info, 2 do if info[i] == 'last-generated-id' then top = info[i + 1] end end
end
local isBehind = g < knownGen or (g == knownGen and n < knownN)
-- Above an id that somebody else has put there, nothing could be added.
local isOurs = gen and top == string.format('%s-%.0f', gen, n)
if isBehind or not isOurs or call('HGET', META, 'run') ~= run or not isWhole(gen) then
  local keeps = gen and hasPeople(gen)
  if not keeps then call('DEL', NAMES, PEOPLE, SPOKE) end
  local from = gen and string.format('%s-%.0f', gen, n) or top
  local new = string.format('%.0f', math.max(now, g + 1, knownGen + 1, tonumber(string.match(top, '%d+')) + 1))
  call('HSET', META, 'gen', new, 'n', 0, 'run', run, 'at', now, 'from', from, 'version', ${LOG_VERSION})
  call('HDEL', META, 'lost')
  call('HSET', NAMES, '', new)
  call('HSET', PEOPLE, '', new)
  extendLeases(lease)
  add('g', from, 'k', keeps and 1 or 0)
end
local fromGen, fromN = string.match(call('HGET', META, 'from'), '(%d+)-(%d+)')
fromGen, fromN = tonumber(fromGen), tonumber(fromN)
gen = call('HGET', META, 'gen')
local knewMore = knownGen < tonumber(gen) and (knownGen > fromGen or (knownGen == fromGen and knownN > fromN))
if knewMore and call('HSETNX', META, 'lost', 1) == 1 then add('m', 1) end
call('HSET', META, 'e:' .. me, epoch)
-- If all leases were lost, each server that has people gets one, so that none of them stays when it is gone.
if call('EXISTS', NODES) == 0 then
  for _, id in ipairs(call('HKEYS', PEOPLE)) do
    if id ~= '' then call('ZADD', NODES, now + lease, string.match(id, '^[^:]*')) end
  end
end
for i = 6, #ARGV do call('ZADD', NODES, 'NX', now + lease, ARGV[i]) end
call('ZADD', NODES, now + lease, me)
return { gen, call('HGET', META, 'n'), tostring(now) }`;

/** All who are in the room, after which entry that is so, and where the generation goes on from. */
export const SNAPSHOT = `${COMMON}
local gen = call('HGET', META, 'gen')
if not isWhole(gen) then return redis.error_reply('STALE') end
return { gen, call('HGET', META, 'n'), tostring(now), call('HGET', META, 'from'), call('HGETALL', PEOPLE), call('HGETALL', SPOKE) }`;

/**
 * A server's turn: node, epoch, generation, lease in ms, number of the turn; from which id on its inbox is not yet
 * read; who has spoken, one a line; the counter that it has applied, below which the log cannot be; how many letters there are, each as server and text; and the events. Those
 * that claim a name are refused if it is taken, and the entry says which. Without events and letters it is a sign
 * of life.
 */
export const APPEND = `${COMMON}
local me, epoch, gen, lease, turn, unread, authors, known = unpack(ARGV, 1, 8)
local first = 10 + 2 * tonumber(ARGV[9])
if not isWhole(gen) or tonumber(call('HGET', META, 'n')) < tonumber(known) then return redis.error_reply('STALE') end
if call('HGET', META, 'e:' .. me) ~= epoch or not call('ZSCORE', NODES, me) then return redis.error_reply('FENCED') end
lease = tonumber(lease)
local at = tonumber(call('HGET', META, 'at'))
call('HSET', META, 'at', now)
-- If nobody was heard for long, Redis itself was away, and no lease has run out.
if now - at > lease / 2 then extendLeases(lease) end
call('ZADD', NODES, now + lease, me)
if unread ~= '' then
  call('XTRIM', INBOX .. me, 'MINID', unread)
  if call('XLEN', INBOX .. me) == 0 then call('DEL', INBOX .. me) end
end
local dead = call('ZRANGEBYSCORE', NODES, '-inf', '(' .. string.format('%.0f', now), 'LIMIT', 0, 1)[1]
if dead then remove(dead) end
if turn == '' then return { call('HGET', META, 'n'), tostring(now) } end

local out, refused, size = {}, {}, 0
for i = first, #ARGV do
  local event, isAccepted = ARGV[i], true
  local op, who, key, name = string.match(event, '^([jn])\\n(%d+)\\n([^\\n]+)\\n([^\\n]+)$')
  local gone = string.match(event, '^l\\n(%d+)\\n\\n$')
  if op then
    local id = me .. ':' .. who
    local holder, old = call('HGET', NAMES, key), call('HGET', PEOPLE, id)
    if (holder and holder ~= id) or (op == 'n' and not old) then
      isAccepted = false
    else
      local order = op == 'n' and string.match(old, '\\n(%d+)') or tostring(call('HINCRBY', META, 'order', 1))
      if old then
        local oldKey = string.match(old, '^[^\\n]*')
        if oldKey ~= key and call('HGET', NAMES, oldKey) == id then call('HDEL', NAMES, oldKey) end
      end
      if op == 'j' then call('HSET', SPOKE, id, now) end
      call('HSET', NAMES, key, id)
      call('HSET', PEOPLE, id, key .. '\\n' .. order .. '\\n' .. name)
    end
  elseif gone then
    local person = call('HGET', PEOPLE, me .. ':' .. gone)
    if person then forget(me .. ':' .. gone, person) end
  end
  if isAccepted then
    out[#out + 1] = event
    size = size + #event
  else
    refused[#refused + 1] = i - first
  end
end
local spoken = {}
for who in string.gmatch(authors, '%d+') do
  spoken[#spoken + 1] = me .. ':' .. who
  spoken[#spoken + 1] = now
end
-- Lua hands over some thousands of values at most.
for i = 1, #spoken, 1000 do call('HSET', SPOKE, unpack(spoken, i, math.min(i + 999, #spoken))) end
local targets = {}
for i = 10, first - 1, 2 do targets[#targets + 1] = ARGV[i] end
local id = add('n', me, 't', turn, 'r', table.concat(refused, ','), 'w', table.concat(targets, ','), 'e', table.concat(out, '\\0'))
for i = 10, first - 1, 2 do
  if call('ZSCORE', NODES, ARGV[i]) then
    call('XADD', INBOX .. ARGV[i], 'MAXLEN', '~', ${LETTERS_MAX}, id, 'v', ${LOG_VERSION}, 'e', ARGV[i + 1])
  end
end
local bytes = call('HINCRBY', META, 'bytes', size)
local part = math.floor(bytes / ${PART_BYTES})
if part ~= math.floor((bytes - size) / ${PART_BYTES}) then
  local mark = 'mark' .. part % ${PARTS}
  local oldest = call('HGET', META, mark)
  call('HSET', META, mark, id)
  if oldest then call('XTRIM', LOG, 'MINID', oldest) end
end
return { call('HGET', META, 'n'), tostring(now) }`;

/** A server stops: node and epoch. The others are told at once that its people have gone. */
export const LEAVE = `${COMMON}
if call('HGET', META, 'e:' .. ARGV[1]) == ARGV[2] and isWhole(call('HGET', META, 'gen')) then remove(ARGV[1]) end`;
