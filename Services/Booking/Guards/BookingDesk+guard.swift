import Domain
import Hummingbird
import Web

extension BookingDesk {
    /// Lets a request in, or says why not and what to do.
    func admit(_ action: GuardedAction, _ caller: Caller, phone: PhoneNumber? = nil) async throws {
        try await requestGuard.admit(
            action, caller, phone: phone, limits: city.catalogue.requestLimits, at: clock())
    }

    /// The same for a request of a program.
    func admit(
        _ action: GuardedAction, _ request: Request, _ context: AppRequestContext, phone: PhoneNumber? = nil
    ) async throws {
        var context = context
        try await admit(action, Caller(request, &context, secrets: secrets), phone: phone)
    }
}
