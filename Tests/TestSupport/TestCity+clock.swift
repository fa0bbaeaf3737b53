import Foundation

extension TestCity {
    /// A time zone in which it is between ten and eleven in the morning now, so that no test meets midnight.
    package static var daytimeZone: String {
        let hour = Int(Date().timeIntervalSince1970) / 3600 % 24
        var offset = 10 - hour
        if offset < -12 { offset += 24 }
        // The signs of these names are turned round: Etc/GMT-8 is eight hours ahead of Greenwich.
        return offset == 0 ? "Etc/GMT" : "Etc/GMT\(offset > 0 ? "-" : "+")\(abs(offset))"
    }
}
