import Domain

/// Which of the services that people wait for a hall's screen shows: all of them when they fit, else a page of them in turns.
///
/// This is for a screen without scripts, which loads itself again every ``secondsOfPage`` seconds; `display.js` measures what fits.
struct DisplayRows {
    /// As many as fit on a screen of 16:9, standing dense.
    static let limit = 12
    /// On one of several pages, below which stands its number.
    static let limitOfPage = 10
    static let secondsOfPage = 10

    let shown: [ServiceID]
    /// Such as `1/2`; `nil` for a single page.
    let pageNumber: String?

    /// - Parameter waited: the services that people wait for, in the order in which they are listed.
    init(_ waited: [ServiceID], at now: Timestamp) {
        guard waited.count > Self.limit else {
            shown = waited
            pageNumber = nil
            return
        }
        let pages = (waited.count + Self.limitOfPage - 1) / Self.limitOfPage
        let size = (waited.count + pages - 1) / pages
        let page = Int(now.milliseconds / Int64(Self.secondsOfPage * 1000)) % pages
        shown = Array(waited.dropFirst(page * size).prefix(size))
        pageNumber = "\(page + 1)/\(pages)"
    }

    /// The class of the table: how close the rows must stand to fit.
    var density: String {
        switch shown.count {
        case ...7: ""
        case ...9: "is-close"
        default: "is-dense"
        }
    }
}
