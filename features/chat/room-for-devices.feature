@chat @websocket-manager
Feature: Room for devices
  A customer works on several devices at once, and each of them must be alive. Nobody may open so many that others find no
  room, and whoever is sent away must know why and when to return.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Each customer has room for their devices, whatever others do, and sees and closes them from any of them
    Revenue: chat

  @WS-02
  Rule: A device is admitted only while there is room

    @integration
    Scenario: Phone, laptop and tablet are three devices, each listed with its own threads
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      And she watches the thread "Team offsite" on a line of her laptop, through another instance
      And her tablet came to the door and follows nothing
      When she looks at her open devices 15 seconds later, on either instance
      Then she sees them in the order they were opened, and nobody else does, a colleague included:
        | device | instance   | threads        |
        | phone  | instance 1 | Q3 spend 2     |
        | laptop | instance 2 | Team offsite 0 |
        | tablet | instance 1 |                |

    @e2e
    Scenario: From any device a person sees what they have open, and closes what they no longer need
      Given Dana from Acme has a phone and a laptop open on the thread "Q3 spend"
      When she looks at the devices she has open, and closes her phone
      Then she was shown "phone: Q3 spend" and "laptop: Q3 spend", and then only "laptop: Q3 spend"
      And her phone was told "disconnected" and closed with 4403

    @e2e @hard
    Scenario: A device that is somebody else's looks like one that was never opened, and stays open
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When Ravi from Acme and Leo from Birch try to close Dana's phone, and Dana a device that was never opened
      Then each is told "404 device_not_found: You have no such device open.", and Dana's phone stays open

    @integration
    Scenario: What was left is listed no more, on either instance
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Team offsite" on a line of her laptop, through another instance
      When her phone leaves its thread, and her laptop leaves for good
      Then from the first instance she sees phone instance 1
      And from the second instance she sees phone instance 1

    @integration @hard
    Scenario Outline: A device of an instance that was killed is seen no longer than its lease: <case>
      Given Dana has a phone open, and a laptop through another instance that was killed
      When <passed> seconds have gone by since they were opened
      Then from the first instance she sees <seen>

      Examples:
        | case   | passed | seen                                |
        | before | 44     | phone instance 1, laptop instance 2 |
        | after  | 45     | phone instance 1                    |

    @integration @hard
    Scenario: While Redis is unreachable a person sees the devices of the instance they ask
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Team offsite" on a line of her laptop, through another instance
      When Redis is out of reach
      Then from the first instance she sees phone instance 1 Q3 spend 0
      And operators can read "devices on other instances could not be listed"

    @integration @hard
    Scenario Outline: Of 60 devices of one person connecting at once through two instances exactly so many are admitted as the plan allows: <case>
      When 60 devices of <person> come at once through two instances
      Then <most> are welcomed, and <others> are told "connection_limit" and closed with 4409
      And the reason is that "You have <most> devices open. Close one first."
      And once one has left, one more is welcomed and the next is not
      And <neighbour>'s phone is welcomed all the same

      Examples:
        | case       | person | most | others | neighbour |
        | free       | Leo    | 10   | 50     | Dana      |
        | early      | Mia    | 10   | 50     | Dana      |
        | mid        | Noor   | 20   | 40     | Dana      |
        | enterprise | Dana   | 50   | 10     | Leo       |

    @integration @hard
    Scenario: A company has room for 1,000 devices
      Given 999 devices of Dana's company are open elsewhere
      When Dana's phone comes to the door
      And Ravi's phone comes to the door
      Then Dana's phone is welcomed
      And Ravi's phone is told "connection_limit" because "Your company has 1000 devices open. Close one first." and closed with 4409
      And Leo's phone is welcomed all the same

    @integration @hard
    Scenario: A device that has been open for long still holds its place in the company
      Given Dana watches the thread "Q3 spend" on a line of her phone
      And 50 seconds later 999 other devices of her company are open elsewhere
      When Ravi's phone comes to the door
      Then Ravi's phone is told "connection_limit" because "Your company has 1000 devices open. Close one first." and closed with 4409

    @integration @hard
    Scenario: The places of a device that finds no room in its company are given back
      Given 999 devices of Leo's company are open elsewhere
      And 11 devices of Leo have come through one instance
      When 2 devices of his company that were open elsewhere leave
      Then 2 more of his are welcomed there and on another instance

    @integration @hard
    Scenario: Open devices keep their places, and those of a killed instance are free again after 45 seconds
      Given 10 devices of Leo are open, 5 on each of two instances
      And 10 minutes later one more of his was refused on both
      When the second instance is killed
      Then one more of his is refused on the first for 45 seconds, and then 5 more are welcomed

    @integration @hard
    Scenario: While Redis is unreachable each instance still refuses an eleventh device
      Given Redis is out of reach
      When 11 devices of Leo come through each of two instances
      Then 20 are welcomed, and 2 are told "connection_limit" and closed with 4409
      And once one was closed from another device, one more is welcomed there and the next is not
      And operators can read "a connection could not be counted over all instances"

    @integration @hard
    Scenario: A place that cannot be given back comes free with its lease
      Given 10 devices of Leo have come through one instance
      When Redis is out of reach while one of them leaves, and back for 30 seconds
      Then one more is refused on the other instance for 15 seconds, and then welcomed
      And operators can read "a slot could not be released"

    @integration @hard
    Scenario: What a device says that finds no room is not heard
      Given 10 devices of Leo have come through one instance
      When one more comes and asks "Where does our money go?" before it is answered
      Then it is told "connection_limit, 4409", and the agents are asked nothing

    @integration @hard
    Scenario: When Redis is back, those who came meanwhile are counted, and nobody is sent away
      Given Redis is out of reach
      And 6 devices of Leo have come through each of two instances
      When Redis has been within reach for 15 seconds
      Then all 12 are still open, and one more is refused on both instances
      And 15 seconds after 3 have left, one more is welcomed and the next is not

    @integration @hard
    Scenario: A full instance sends newcomers away with a delay and disturbs nobody inside
      Given an instance that has room for 2 devices
      And Dana watches the thread "Q3 spend" on a line of her phone
      And she watches the thread "Team offsite" on a line of her laptop
      When Leo's phone comes to the door
      Then Leo's phone is told "overloaded", to return after 2.05 seconds, and closed with 1013
      And Dana's phone and laptop are still shown what is told, and Leo is welcomed once one has left

    @integration
    Scenario: A person with ten devices can move them all to another instance before their old lines end
      Given 10 devices of Leo have come through one instance
      When that instance is draining, and 10 come to another one
      Then all 20 are open, and one more is refused there
