/// Scripts that Redis runs as one indivisible step.
enum StreamScript: CaseIterable, Sendable {
    /// Appends entries only if the stream's last generated ID is the expected one.
    ///
    /// `XADD` alone refuses an ID that is not greater than the last, which keeps order but not completeness: after a
    /// wipe it would take entry 501 as the first. The comparison closes that door. Positions are compared as text
    /// because a Lua number holds integers exactly only up to 2^53.
    case append
    /// The last generated position of each key, 0 for an absent one; unlike `XINFO STREAM` it sends no entries back.
    case lastPosition
    /// Removes the stream if it stands beyond the given position; answers whether it did.
    case resetBeyond

    var text: String {
        switch self {
        case .append:
            """
            \(Self.lastFunction)
            local last = last_position(KEYS[1])
            if last ~= ARGV[1] then return {0, last} end
            local index = 2
            while index <= #ARGV do
              local count = tonumber(ARGV[index + 1])
              redis.call('XADD', KEYS[1], ARGV[index] .. '-0', unpack(ARGV, index + 2, index + 1 + count))
              index = index + 2 + count
            end
            return {1, last}
            """
        case .lastPosition:
            """
            \(Self.lastFunction)
            return last_position(KEYS[1])
            """
        case .resetBeyond:
            """
            \(Self.lastFunction)
            if tonumber(last_position(KEYS[1])) <= tonumber(ARGV[1]) then return 0 end
            redis.call('UNLINK', KEYS[1])
            return 1
            """
        }
    }

    private static let lastFunction = """
        local function last_position(key)
          if redis.call('EXISTS', key) == 0 then return '0' end
          local info = redis.call('XINFO', 'STREAM', key)
          for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then return string.match(info[i + 1], '^(%d+)') end
          end
        end
        """
}
