import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Web

/// Counts, times and logs requests under the pattern of their route. What people put in paths, such as tokens, is never
/// written anywhere.
struct RequestObserver: RouterMiddleware {
    typealias Context = AppRequestContext

    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct Instruments: Sendable {
        let requests: any CounterHandler
        let duration: any TimerHandler
    }

    private final class Cache: Sendable {
        let instruments = Mutex<[Key: Instruments]>([:])
    }

    private let factory: OpenMetrics
    private let cache = Cache()
    private let active: any MeterHandler

    init(metrics: OpenMetrics) {
        factory = metrics
        active = metrics.makeMeter(label: "http_server_active_requests", dimensions: [])
    }

    func handle(
        _ request: Request, context: AppRequestContext,
        next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        active.increment(by: 1)
        defer { active.decrement(by: 1) }
        let response = try await next(request, context)
        let duration = ContinuousClock.now - start
        let route = context.route?.path ?? "unmatched"
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "OTHER"
        let instruments = instruments(Key(method: method, route: route, status: response.status.code))
        instruments.requests.increment(by: 1)
        let nanoseconds = duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        instruments.duration.recordNanoseconds(nanoseconds)
        context.logger.log(
            level: level(request, response, context), "Request",
            metadata: [
                "http.method": "\(method)", "http.route": "\(route)", "http.status": "\(response.status.code)",
                "duration_ms": "\(Double(nanoseconds / 1000) / 1000)",
            ])
        return response
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// What changes something or fails is always of interest; reading is so only when looking for an error.
    private func level(_ request: Request, _ response: Response, _ context: AppRequestContext) -> Logger.Level {
        if response.status.kind == .serverError { return .warning }
        if context.route?.kind == .probe || context.route?.kind == .asset { return .trace }
        return request.method == .get || request.method == .head ? .debug : .info
    }

    private func instruments(_ key: Key) -> Instruments {
        cache.instruments.withLock { cache in
            if let known = cache[key] { return known }
            let labels = [("method", key.method), ("route", key.route), ("status", String(key.status))]
            let new = Instruments(
                requests: factory.makeCounter(label: "http_server_requests", dimensions: labels),
                duration: factory.makeTimer(label: "http_server_request_duration", dimensions: labels))
            cache[key] = new
            return new
        }
    }
}
