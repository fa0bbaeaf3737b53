import Domain
import Yams

extension CatalogueReader {
    /// What is left out stays as usual; a rate that is written as `none` has no bound.
    static func requestLimits(_ value: DocumentValue?) -> RequestLimits {
        var limits = RequestLimits.usual
        guard let fields = value?.fields() else { return limits }
        read(fields.optional("holds"), into: &limits.holds)
        read(fields.optional("bookings"), into: &limits.bookings)
        read(fields.optional("codes"), into: &limits.codes)
        fields.finish()
        return limits
    }

    private static func read(_ value: DocumentValue?, into rates: inout RequestRates) {
        guard let fields = value?.fields() else { return }
        if let phone = fields.optional("phone") { rates.phone = rate(phone) }
        if let device = fields.optional("device") { rates.device = rate(device) }
        if let address = fields.optional("address") { rates.address = rate(address) }
        fields.finish()
    }

    private static func rate(_ value: DocumentValue) -> RequestRate? {
        if value.node.scalar?.string == "none" { return nil }
        guard let fields = value.fields() else { return nil }
        // What cannot be read is noted; 3 keeps it from being called a wrong number as well.
        let rate = RequestRate(
            burst: fields.required("burst")?.int() ?? 3, perMinute: fields.required("perMinute")?.int() ?? 3)
        fields.finish()
        return rate
    }
}
