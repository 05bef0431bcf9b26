@chat @state-manager
Feature: What must last, lasts
  Some of what an assistant was told is a promise. It outlives every fast store, and a fast copy of it never passes for
  more than it is.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: What a customer has settled stays settled, whatever happens to our machines
    Revenue: chat

  @ST-10
  Rule: What must last, lasts

    Background:
      Given what is kept here must outlive Redis

    @integration @hard
    Scenario: After Redis was wiped, an entry has the same value, version and remaining lifetime
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she has changed it to "compare all prices" in the thread "Q3 spend"
      And Redis has lost everything of her company
      When 1 hour later she looks at it twice
      Then she is given "compare all prices" in version 2, ending in 23 hours, first from PostgreSQL and then from Redis

    @integration @hard
    Scenario: A hundred readers after the wipe cause one fetch from PostgreSQL
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Redis has lost everything of her company
      When 100 readers look at it at once
      Then each of the 100 is given "compare prices", and PostgreSQL was asked once

    @integration @hard
    Scenario Outline: A late fetch never puts an older value, or a removed entry, back: <case>
      Given Dana from Acme has noted "first" in the thread "Q3 spend"
      And a slow fetch of it is under way
      When meanwhile it is <case> through another instance
      Then who looks next is given <found>

      Examples:
        | case                | found                  |
        | changed to "second" | "second", from Redis   |
        | removed             | nothing                |

    @integration @hard
    Scenario Outline: Redis comes back with an old copy: nobody is misled for longer than 30 seconds: <case>
      Given Dana from Acme has noted "first" in the thread "Q3 spend"
      And an old copy of it came back after she had changed it to "second"
      When she looks at it after <passed> milliseconds, <how>
      Then she is given "<value>"

      Examples:
        | case             | passed | how                    | value  |
        | within           | 29,999 | as usual               | first  |
        | after            | 30,000 | as usual               | second |
        | asking the truth | 0      | asking for the latest  | second |

    @integration @hard
    Scenario: A change based on an old copy is refused
      Given Dana from Acme has noted "first" in the thread "Q3 spend"
      And an old copy of it came back after she had changed it to "second"
      When she changes it to "third" on the strength of the old copy
      Then this is refused as "state_conflict", with "second" as what stands there

    @integration @hard
    Scenario: An update is never worked out from an old copy
      Given Dana from Acme has noted "first" in the thread "Q3 spend"
      And an old copy of it came back after she had changed it to "second"
      When she adds " and third" to it
      Then Dana finds "second and third" in the thread "Q3 spend"

    @integration
    Scenario: Each change raises the version by one and keeps the time of creation and the end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 5 minutes later she changes it to "compare all prices" in the thread "Q3 spend"
      Then her note in the thread "Q3 spend" is version 2, created 5 minutes before its last change, and ends 24 hours after its creation

    @integration @hard
    Scenario: Twenty callers create the same entry at once: one creates it, the others are told what stands there
      When 20 callers on two instances create Dana from Acme's note in the thread "Q3 spend" at once
      Then 1 of them wins and 19 are refused as "state_conflict"
      And each loser is told the winner's value in version 1, which is what stands in the thread "Q3 spend"

    @integration @hard
    Scenario Outline: A change based on an entry that has gone and come back is refused: <case>
      Given Dana from Acme's note in the thread "Q3 spend" <case> and was written again, to the same version number
      When somebody changes it to "outdated" on the strength of the first one
      Then this is refused as "state_conflict", with "after" as what stands there

      Examples:
        | case            |
        | was removed     |
        | came to its end |

    @integration
    Scenario Outline: A named batch is written once within 120 seconds: <case>
      Given Dana from Acme has written a named batch into the threads "one" and "two"
      When <later> seconds later she repeats the same batch
      Then both are in version <version>

      Examples:
        | case   | later | version |
        | within | 119   | 1       |
        | after  | 120   | 2       |

    @integration
    Scenario: The repeat of a named batch is given the first outcome
      Given Dana from Acme has written a named batch into the threads "one" and "two"
      When she repeats the same batch
      Then she is given the first outcome again, and both are still in version 1

    @integration
    Scenario: An entry is there one millisecond before its end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 86,399,999 milliseconds have passed
      Then Dana finds "compare prices" in the thread "Q3 spend"
      And Dana's list of the thread "Q3 spend" has 1 entry

    @integration
    Scenario: An entry is gone at its end, from reads and lists alike
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 86,400,000 milliseconds have passed
      Then Dana finds nothing in the thread "Q3 spend"
      And Dana's list of the thread "Q3 spend" has no entry

    @integration
    Scenario: An entry is gone at its end, however fresh its copy is
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And 1 hour later she extends it in the thread "Q3 spend" by 5 seconds
      When 5,000 milliseconds have passed
      Then Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario: What no sweep finds is dropped by Redis itself
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When everything Redis holds of her company is searched
      Then Redis itself drops her note 10 minutes after its end, and the story of its changes after 24 hours

    @integration
    Scenario: Extending an entry gives it the lifetime it names from now on
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 12 hours later she extends it in the thread "Q3 spend" by 2 days
      Then her note in the thread "Q3 spend" is "compare prices" in version 2 and ends in 2 days

    @integration
    Scenario: What is not there cannot be extended
      When Dana from Acme extends what was never noted in the thread "Q3 spend" by 2 days
      Then this is refused as "state_conflict"

    @integration
    Scenario Outline: Every way an entry can change is told once and in order: <case>
      Given Dana from Acme listens to her changes
      When her note in the thread "Q3 spend" is <case>
      Then Dana is told "<story>", numbered without a gap

      Examples:
        | case    | story                     |
        | updated | created, updated          |
        | removed | created, removed          |
        | renewed | created, expired, created |

    @integration @hard
    Scenario Outline: What was told already is not told again by whoever finds it: <case>
      Given Dana from Acme listens to her changes
      And her note in the thread "Q3 spend" was <case>, and stands once more among what is to be told
      When another instance has looked for what was left untold
      Then Dana is told "<story>" when she notes something else

      Examples:
        | case    | story                     |
        | created | created, created          |
        | removed | created, removed, created |

    @integration
    Scenario: What nobody reads again goes within 30 seconds of its end, from both stores, and is told once
      Given an instance that sweeps
      And Dana from Acme listens to her changes
      And she has a note in the thread "Q3 spend", as written, that has come to its end
      When 30 seconds have passed
      Then Dana is told "created, expired"
      And nothing of her notes is left in Redis
      And PostgreSQL keeps nothing of her notes

    @integration
    Scenario: An entry moves with its value and its end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 1 hour later she moves it from the thread "Q3 spend" to the thread "Q4 plan"
      Then Dana finds "compare prices" in the thread "Q4 plan" for 23 hours more
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario Outline: A list finds exactly what was asked: <case>
      Given Dana from Acme keeps "a*", "a1", "b1" and later "a2" in the thread "Q3 spend" and "a3" in the thread "Q4 plan"
      When she lists <question>
      Then she is shown "<found>"

      Examples:
        | case                           | question                                    | found              |
        | everything                     | everything                                  | a3, a2, b1, a1, a* |
        | by thread                      | the thread "Q4 plan"                        | a3                 |
        | by prefix of all threads       | every thread from "a" on                    | a3, a2, a1, a*     |
        | wildcards are taken literally  | the thread "Q3 spend" from "a*" on          | a*                 |
        | changed since                  | everything changed since the last addition  | a3, a2             |

    @integration
    Scenario: A list is read on from page to page
      Given Dana from Acme has listed the first of her 60 entries
      When she reads on with its mark
      Then she is shown the other 10

    @integration
    Scenario: An entry that was removed and written again stands first in a list
      Given Dana from Acme has noted "one" in the thread "one"
      And she has noted "two" in the thread "two"
      When she removes the one in the thread "one" and writes it again
      Then her list of all threads begins with the thread "one"

    @integration @hard
    Scenario: Nobody reaches anybody else's
      Given Dana from Acme has noted "confidential-margin" in the thread "Q3 spend"
      And Leo from Birch has noted "cheapest offer" in the thread "Q3 spend"
      When Ravi from Acme looks into the thread "Q3 spend"
      Then Ravi finds nothing there
      And Dana finds "confidential-margin" in the thread "Q3 spend"

    @integration @hard
    Scenario: PostgreSQL's rows contain none of Dana's words
      Given Dana from Acme has noted "confidential-margin" in the thread "Q3 spend"
      When everything PostgreSQL holds of her company is searched
      Then "confidential-margin" is not found, while her thread is
