import Foundation
import Simulation

enum Worlds {
    /// A hall of three services, with narrow and broad windows, a break, follow-ups and booked people.
    static func small(walkIns: Int = 90, booked: Int = 50) throws -> Scenario {
        try Scenario(json: Data(text(walkIns, booked).utf8))
    }

    static func text(_ walkIns: Int = 90, _ booked: Int = 50, speed: String = "std") -> String {
        """
        {"name":"small","open":540,"close":780,"halls":1,"priority":0.12,
         "services":{"A":{"mean":6,"cv":0.6},"B":{"mean":12,"cv":0.7},"C":{"mean":20,"cv":0.5}},
         "speed":{"std":1,"fast":0.8,"slow":1.25},
         "windows":[{"skills":{"A":"\(speed)"},"hall":0,"breaks":[],"outages":[]},
          {"skills":{"A":"fast","B":"std"},"hall":0,"breaks":[[660,20]],"outages":[]},
          {"skills":{"B":"slow","C":"std"},"hall":0,"breaks":[],"outages":[[600,15]]},
          {"skills":{"A":"std","B":"std","C":"std"},"hall":0,"breaks":[],"outages":[]},
          {"skills":{"B":"std","C":"fast"},"hall":0,"breaks":[],"outages":[]}],
         "walkin":{"n":\(walkIns),"shape":[1,3,2,1],"mix":{"A":0.5,"B":0.3,"C":0.2},"day_cv":0.1,"remote":0.2,
          "travel_mean":14,"travel_cv":0.5,"last_before_close":15},
         "appt":{"n":\(booked),"slot":15,"mix":{"A":0.4,"B":0.4,"C":0.2},"no_show":0.1,"late_p":0.15,"late_mean":7,
          "early_mean":9,"first":540,"last":750},
         "transfers":{"A":[["C",0.1]]}}
        """
    }
}
