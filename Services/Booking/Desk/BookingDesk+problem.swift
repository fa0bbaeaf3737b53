import Domain
import HTTPTypes
import Hummingbird
import Logging
import Messaging
import Postgres
import Web

extension BookingDesk {
    /// Runs the work of a request; what the service refuses becomes the problem that people and programs see.
    func answering<Result>(
        _ context: AppRequestContext, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await EventTrace.$traceparent.withValue(context.trace.traceparent, operation: body)
        } catch let error as BookingError {
            throw try await problem(error, context)
        } catch let error as PostgresError
            where error.isConnectionFailure || [.poolExhausted, .timeout, .closed].contains(error.code)
        {
            context.logger.warning("PostgreSQL did not answer", metadata: ["error": "\(error)"])
            throw Problem.unavailable(retryAfter: 2)
        }
    }

    /// The one place where refusals get a status.
    func problem(_ error: BookingError, _ context: AppRequestContext) async throws -> Problem {
        switch error {
        case .slotUnknown: Problem(.notFound, code: "slot-unknown")
        case .slotFull(let slot): try await conflict("slot-full", near: slot)
        case .slotClosed(let slot): try await conflict("slot-closed", near: slot)
        case .slotNotOpen(let slot, let opening): try await notOpen(slot, opening, context)
        case .slotOfOtherService: Problem(.conflict, code: "slot-of-other-service")
        case .alreadyBooked: Problem(.conflict, code: "already-booked")
        case .identityRefused(let refusal):
            Problem.invalidFields([
                FieldError(
                    .pointer(refusal == .kindNotAccepted ? "/identity/kind" : "/identity"),
                    key: "field.identity.\(refusal.rawValue)")
            ])
        case .phoneFull(let limit):
            Problem(.conflict, code: "phone-full", arguments: ["count": String(limit)])
        case .limited(let refusal): Self.limited(refusal, context)
        case .holdUnknown: Problem(.notFound, code: "hold-unknown")
        case .holdEnded(let slot): try await conflict("hold-ended", near: slot)
        case .checklistChanged(let version):
            Problem(.conflict, code: "checklist-changed", members: ["version": .int(Int64(version))])
        case .appointmentUnknown, .verificationUnknown: Problem.notFound
        case .appointmentStale(let version):
            Problem(.preconditionFailed, code: "precondition-failed", headers: [.eTag: "\"\(version)\""])
        case .appointmentEnded: Problem(.conflict, code: "appointment-ended")
        case .tooLate(let minutes):
            Problem(.conflict, code: "too-late", arguments: ["count": String(minutes)])
        case .noWaitlist: Problem(.conflict, code: "no-waitlist")
        case .waitlistHall:
            Problem.invalidFields([FieldError(.pointer("/halls"), key: "field.waitlist.halls")])
        case .waitlistDays(let limit):
            Problem.invalidFields([
                FieldError(.pointer("/to"), key: "field.waitlist.days", arguments: ["days": String(limit)])
            ])
        case .alreadyWaiting: Problem(.conflict, code: "already-waiting")
        case .waitlistUnknown: Problem.notFound
        case .offerEnded: Problem(.conflict, code: "offer-ended")
        case .keyReused: Problem(.unprocessableContent, code: "idempotency-key-reused")
        case .busy(let seconds):
            Problem(
                .serviceUnavailable, code: "busy", arguments: ["count": String(seconds)],
                headers: [.retryAfter: String(seconds)])
        case .verificationEnded: Problem(.conflict, code: "verification-ended")
        case .codeWrong(let left):
            Problem(
                .forbidden, code: "code-wrong", arguments: ["count": String(left)],
                members: ["attemptsLeft": .int(Int64(left))])
        case .tooManyVerifications(let seconds):
            Problem(
                .tooManyRequests, code: "too-many-verifications", arguments: ["count": String(seconds)],
                headers: [.retryAfter: String(seconds)])
        case .tooManyRequests(let seconds): Problem.tooManyRequests(retryAfter: seconds)
        case .challenged(let challenge):
            Problem(.preconditionRequired, code: "challenge-required", members: ["challenge": challenge.json])
        case .contactTokenInvalid:
            Problem(
                .unauthorized, code: "contact-token-invalid", headers: [.wwwAuthenticate: "Bearer realm=\"contact\""])
        case .ballotUnknown: Problem.notFound
        case .ballotClosed(let record): closed(record, context)
        case .alreadyEntered: Problem(.conflict, code: "already-entered")
        case .unreadable(let what):
            unreadable(what, context)
        }
    }

    /// Says from when on it works again, and that there are other ways.
    private static func limited(_ refusal: LimitRefusal, _ context: AppRequestContext) -> Problem {
        let (code, limit, date): (String, Int?, LocalDate) =
            switch refusal {
            case .week(let limit, let next): ("week-quota", limit, next)
            case .month(let limit, let next): ("month-quota", limit, next)
            case .noShows(let until): ("no-show-block", nil, until)
            }
        var arguments = ["date": context.day(date)]
        arguments["count"] = limit.map { String($0) }
        return Problem(.conflict, code: code, arguments: arguments, members: ["from": .string(date.description)])
    }

    private func unreadable(_ what: String, _ context: AppRequestContext) -> Problem {
        context.logger.error("Something stored cannot be read", metadata: ["what": "\(what)"])
        return Problem.internal
    }

    private func notOpen(
        _ slot: Slot, _ opening: SlotOpening, _ context: AppRequestContext
    ) async throws -> Problem {
        var problem = try await conflict("slot-not-open", near: slot)
        problem.arguments["time"] = context.opening(opening, zone: city.zone(of: slot.hall))
        problem.members["opens"] = .string(city.localTime(opening.from, in: slot.hall))
        if opening.by > opening.from {
            problem.members["opensBy"] = .string(city.localTime(opening.by, in: slot.hall))
        }
        return problem
    }

    private func closed(_ record: BallotRecord, _ context: AppRequestContext) -> Problem {
        let zone = city.catalogue.halls(offering: record.service).first.flatMap { city.zone(of: $0.id) }
        return Problem(
            .conflict, code: "ballot-closed",
            arguments: [
                "opens": context.moment(record.opens, zone: zone), "closes": context.moment(record.closes, zone: zone),
            ])
    }

    private func conflict(_ code: String, near slot: Slot) async throws -> Problem {
        let others = try await alternatives(to: slot)
        return Problem(
            .conflict, code: code, members: ["alternatives": .array(others.map { SlotDocument($0, city).json })])
    }
}
