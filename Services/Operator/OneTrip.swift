package import ArgumentParser

/// The operator's tool: `onetrip`.
package struct OneTrip: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "onetrip",
        abstract: "Run, fill, check and mend an OneTrip system.",
        subcommands: [
            UpCommand.self, MigrateCommand.self, ImportCommand.self, VerifyLogCommand.self, VerifyBallotCommand.self,
            DeadLettersCommand.self,
            SimulateCommand.self, BalanceCommand.self, CallAheadCommand.self, WhatIfCommand.self, AdviseCommand.self,
            SimulateWaitsCommand.self, PlanCommand.self, ForecastCommand.self, ResealCommand.self,
            CloseCommand.self, ReopenCommand.self,
        ])

    package init() {}
}
