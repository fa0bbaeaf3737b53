/// How often a service is followed by another, as the itineraries of the people who are there have it.
///
/// The engine's sampled futures know follow-ups by their odds. So the later legs of a visit are not kept for the person,
/// but spread over all who are given the same service before, newcomers included: the work that will come is right in
/// sum, and whose it is only on average.
struct VisitFlow {
    private let services: Int
    private var given: [Double]
    /// Row by row: what follows each service.
    private var next: [Double]

    init(services: Int) {
        self.services = services
        given = Array(repeating: 0, count: services)
        next = Array(repeating: 0, count: services * services)
    }

    /// Takes in the services for which a person waits one after another.
    mutating func add(_ way: [Int]) {
        for service in way { given[service] += 1 }
        for (service, later) in zip(way, way.dropFirst()) { next[service * services + later] += 1 }
    }

    /// With those that come as a surprise, where the itinerary has none; `nil` when nobody has a later leg.
    func followUps(beside learned: [[HallModel.FollowUp]]) -> [[HallModel.FollowUp]]? {
        guard next.contains(where: { $0 > 0 }) else { return nil }
        return (0..<services).map { service in
            guard given[service] > 0 else { return learned[service] }
            let planned = (0..<services).compactMap { later -> HallModel.FollowUp? in
                let odds = next[service * services + later] / given[service]
                return odds > 0 ? HallModel.FollowUp(service: later, odds: odds) : nil
            }
            let left = max(0, 1 - planned.reduce(0) { $0 + $1.odds })
            return planned + learned[service].map { HallModel.FollowUp(service: $0.service, odds: $0.odds * left) }
        }
    }
}
