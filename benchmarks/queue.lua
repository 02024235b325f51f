-- Sends each value of a queue once, each in the body of a request of its own.
-- Arguments: the file of values, one a line; the file of the body, with %s in place of the value;
-- what is put at the end of the queue: "nothing", the value "itself", or what this pattern finds in
-- the answer.

local first, last, values = 1, 0, {}
local before, after, follows = "", "", "nothing"
local is_told = false

local function put(value)
  last = last + 1
  values[last] = value
end

local function take()
  local value = values[first]
  if value == nil then
    return "the queue is empty"
  end
  values[first] = nil
  first = first + 1
  if follows == "itself" then
    put(value)
  end
  return value
end

function init(arguments)
  for value in io.lines(arguments[1]) do
    put(value)
  end
  local file = assert(io.open(arguments[2]))
  before, after = string.match(file:read("*a"), "^(.-)%%s(.*)$")
  file:close()
  follows = arguments[3]
  wrk.method = "POST"
end

function request()
  return wrk.format(nil, nil, nil, before .. take() .. after)
end

function response(status, _, body)
  if status >= 400 then
    if not is_told then
      io.stderr:write("status ", status, ": ", string.sub(body, 1, 300), "\n")
      is_told = true
    end
  elseif follows ~= "nothing" and follows ~= "itself" then
    local value = string.match(body, follows)
    if value then
      put(value)
    end
  end
end
