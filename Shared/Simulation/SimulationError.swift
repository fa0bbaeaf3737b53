/// What is wrong with the input of a simulation.
package enum SimulationError: Error, Sendable, CustomStringConvertible {
    case unknownService(String, citizen: Int)
    case missingDuration(String, citizen: Int)
    case noLegs(citizen: Int)
    case impossible(service: String, citizen: Int)
    case invalid(String)
    case otherScenario(day: String, config: String)

    package var description: String {
        switch self {
        case .unknownService(let name, let citizen):
            "citizen \(citizen) needs the service \(name), which the scenario does not have"
        case .missingDuration(let speed, let citizen):
            "citizen \(citizen) has no positive duration for the speed \(speed)"
        case .noLegs(let citizen):
            "citizen \(citizen) has no stages; give at least one"
        case .impossible(let service, let citizen):
            "citizen \(citizen) needs the service \(service), which no window has; give a window that skill"
        case .invalid(let what): what
        case .otherScenario(let day, let config):
            "the day is of the scenario \(day), the configuration of \(config); give the pair that belongs together"
        }
    }
}
