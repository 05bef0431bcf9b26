@chat @state-manager
Feature: What is to be forgotten is forgotten
  A customer who ends something, or leaves for good, has a right to be forgotten everywhere at once, also by a worker that
  has not heard of it yet.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Ending a session or erasing a person empties every place that held their state
    Revenue: chat

  @ST-11
  Rule: What is to be forgotten is forgotten

    @e2e @operations
    Scenario: Signing out on the phone ends the phone's working state, and the laptop keeps its own
      Given Dana from Acme is signed in on her phone and her laptop, with something kept for each
      When she ends her sign-in on her phone
      Then nothing is kept for her phone any more, and her laptop keeps its own

    @e2e @operations
    Scenario: What a thread had settled goes with the thread
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered 'What did model "large" cost in the last 7 days?'
      And something is kept for her thread, in both stores
      When she has the thread "Q3 spend" deleted for good
      Then nothing is kept for her thread any more

    @integration
    Scenario Outline: Clearing takes exactly the named target: <case>
      Given Dana from Acme keeps something for two of each: session, thread, run, device
      When she clears the first <case>
      Then of her state everything is left but that of the first <case>

      Examples:
        | case    |
        | session |
        | thread  |
        | run     |
        | device  |

    @integration
    Scenario: Clearing takes what must last with it, and tells of it
      Given what is kept here must outlive Redis
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she has noted "hire" in the thread "Q4 plan"
      And she listens to her changes
      When she clears the thread "Q3 spend"
      Then Dana is told "removed"
      And Dana finds nothing in the thread "Q3 spend"
      And Dana finds "hire" in the thread "Q4 plan"

    @integration @hard
    Scenario: Erasing a person takes what must last from both stores, and no colleague's
      Given what is kept here must outlive Redis
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      When Ada from Acme erases Dana
      Then neither store names Dana but by the mark that she was erased
      And Ravi finds "book a room" in the thread "Q3 spend"

    @integration @operations @hard
    Scenario: A late word about an erased person is not kept
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme has written and changed something that must last while Redis was unreachable
      And Ada from Acme has erased Dana through another instance
      When Redis is back and 1 second has passed
      Then nothing is left to be told, and neither store names Dana but by the mark that she was erased

    @integration @hard
    Scenario Outline: Whoever still writes for an erased person is refused for 24 hours, whatever Redis has lost: <case>
      Given what is kept here must outlive Redis
      And Dana from Acme has erased herself
      And Redis has lost everything of her company
      And <passed> milliseconds have passed since
      When Dana from Acme tries to note "back again" in the thread "Q3 spend"
      Then her note is <answer>

      Examples:
        | case   | passed     | answer                    |
        | before | 86,399,999 | refused as "state_erased" |
        | after  | 86,400,000 | kept, in version 1        |

    @integration @hard
    Scenario: Erasing a person empties every place that held their state, and no colleague's
      Given Dana from Acme keeps something for two of each: session, thread, run, device
      And Dana from Acme has a damaged entry that was set aside
      And Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      When Ada from Acme erases Dana
      Then no key in Redis names Dana but the mark that she was erased
      And Ravi finds "book a room" in the thread "Q3 spend"

    @integration
    Scenario: People may erase themselves, but nobody else without the permission
      Given Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      When Dana from Acme erases Ravi
      Then this is refused as "state_forbidden" because "people:manage"
      And Ravi finds "book a room" in the thread "Q3 spend"

    @integration @hard
    Scenario: A worker that still writes for an erased person is refused
      Given Dana from Acme has erased herself
      When Dana from Acme tries to note "still here" in the thread "Q3 spend"
      Then this is refused as "state_erased"
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario Outline: The mark of an erasure stands for 24 hours: <case>
      Given Dana from Acme has erased herself
      And <passed> milliseconds have passed since
      When Dana from Acme tries to note "back again" in the thread "Q3 spend"
      Then her note is <answer>

      Examples:
        | case   | passed     | answer                        |
        | before | 86,399,999 | refused as "state_erased"     |
        | after  | 86,400,000 | kept, in version 1            |

    @integration
    Scenario: An erased person's listeners are told to read afresh
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she listens to her changes
      When Ada from Acme erases Dana
      Then Dana is told "gap"

    @integration
    Scenario: Closing the module ends every listener, finishes the writes under way and refuses new ones
      Given Dana from Acme listens to her changes on the instance that will close
      When the instance is closed while 20 of her notes are being written
      Then all 20 were kept, and her listener has ended
      And new writes are refused as "state_closed"
