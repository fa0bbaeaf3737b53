/// What Redis knows of a consumer group (`XINFO GROUPS`).
package struct ConsumerGroupInfo: Hashable, Sendable {
    package var name: String
    package var consumers: Int
    /// Delivered and not yet acknowledged.
    package var pending: Int64
    /// Position of the last entry that was given to any consumer.
    package var lastDelivered: Int64
    /// Entries not yet delivered; `nil` when Redis cannot tell (a group made in the middle of the stream).
    package var lag: Int64?

    package init(name: String, consumers: Int, pending: Int64, lastDelivered: Int64, lag: Int64?) {
        self.name = name
        self.consumers = consumers
        self.pending = pending
        self.lastDelivered = lastDelivered
        self.lag = lag
    }

    init(_ reply: RedisReply) throws(RedisError) {
        let lag: Int64? =
            switch try? reply.member("lag") {
            case .integer(let number): number
            default: nil
            }
        self.init(
            name: try reply.member("name").text("the name of a group"),
            consumers: Int(try reply.member("consumers").integer("the consumers of a group")),
            pending: try reply.member("pending").integer("the pending entries of a group"),
            lastDelivered: try StreamEntry.position(
                ofID: try reply.member("last-delivered-id").text("the last delivered entry of a group")),
            lag: lag)
    }
}
