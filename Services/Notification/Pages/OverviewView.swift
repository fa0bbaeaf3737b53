import Domain

/// The list of the halls with their waiting counts.
struct OverviewView {
    struct Row {
        let hall: String
        let name: String
        let address: String
        let waiting: Int
        let openWindows: Int
    }

    let halls: [Row]

    init(_ boards: [(hall: CityDirectory.Hall, summary: HallSummary)], _ language: Language) {
        halls = boards.map { hall, summary in
            Row(
                hall: hall.id.rawValue, name: hall.name.text(language), address: hall.address.text(language),
                waiting: summary.waiting, openWindows: summary.openWindows)
        }
    }
}
