/// What has been sent with one Sync, and how far the answers have come.
struct PipelineGroup {
    enum Step {
        case prepare(sql: String, request: Int)
        case execute(request: Int)
        /// Housekeeping nobody waits for.
        case deallocate

        var request: Int? {
            switch self {
            case .prepare(_, let request), .execute(let request): request
            case .deallocate: nil
            }
        }
    }

    let requests: [WireRequest]
    private(set) var steps: [Step] = []
    private(set) var cursor = 0
    /// The present step has had a result, so the end marker may follow.
    var stepHasResult = false
    /// The Sync has come back.
    var isSynced = false
    /// A cancel request has gone out for this group.
    var cancelSent = false

    init(_ requests: [WireRequest]) {
        self.requests = requests
        steps.reserveCapacity(requests.count + 1)
    }

    mutating func append(_ step: Step) {
        steps.append(step)
    }

    /// `nil` when only the Sync is missing.
    var currentStep: Step? {
        cursor < steps.count ? steps[cursor] : nil
    }

    /// The request that the server is working on, as far as can be told from here.
    var currentRequest: WireRequest? {
        currentStep?.request.map { requests[$0] }
    }

    mutating func advance() {
        cursor += 1
        stepHasResult = false
    }
}
