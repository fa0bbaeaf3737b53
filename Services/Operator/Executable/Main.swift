import ArgumentParser
import OperatorTool

@main
struct Main {
    static func main() async {
        await OneTrip.main()
    }
}
