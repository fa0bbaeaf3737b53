extension [Day] {
    /// Figures of each day, made side by side: variant by variant, day by day, in the order of the days.
    ///
    /// - Parameters:
    ///   - workers: how many days at once.
    ///   - progress: is told how many days are done.
    ///   - figures: of one day, for each variant.
    func inParallel(
        workers: Int, progress: (Int) -> Void, _ figures: @escaping @Sendable (Day) throws -> [[Double]]
    ) async throws -> [[[Double]]] {
        var byDay: [[[Double]]] = map { _ in [] }
        try await withThrowingTaskGroup(of: (Int, [[Double]]).self) { group in
            var next = 0
            var done = 0
            while done < count {
                while next < count, next - done < Swift.max(1, workers) {
                    let day = self[next]
                    let number = next
                    group.addTask { (number, try figures(day)) }
                    next += 1
                }
                guard let (number, result) = try await group.next() else { break }
                byDay[number] = result
                done += 1
                progress(done)
            }
        }
        let variants = byDay.first?.count ?? 0
        return (0..<variants).map { variant in byDay.map { $0[variant] } }
    }
}
