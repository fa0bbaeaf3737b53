package import Hummingbird
package import ServiceLifecycle
package import Web

/// A service put together and not yet running.
package struct ServiceAssembly: Sendable {
    package let application: any ApplicationProtocol
    /// Long-lived work beside the HTTP server, started in order and shut down in reverse after the server has drained.
    package let services: [any Service]
    /// For the test of access.
    package let routes: [RouteDeclaration]

    package init(application: any ApplicationProtocol, services: [any Service] = [], routes: [RouteDeclaration]) {
        self.application = application
        self.services = services
        self.routes = routes
    }
}
