@enterprise @id-manager
Feature: Names in the order they were given
  Enterprise customers audit what happened and in which order. Names that sort by the moment they were given keep lists
  and pages stable, however badly a server's clock behaves.

  Business value:
    Segment: Enterprise
    Goal: Retention
    Impact: Lists and audits show things in the order they happened, whatever the clocks do
    Revenue: enterprise

  @ID-02
  Rule: Names sort in the order they were given

    @unit @hard
    Scenario Outline: A troubled clock costs neither order nor uniqueness: <case>
      Given an instance has given 10 names
      When its clock <trouble> while it gives names
      Then the names sort in the order they were given
      And no name was given twice
      And the last name is <lead> ahead of the clock

      Examples:
        | case                                | trouble                             | lead           |
        | set back 1 second                   | is set back by 1 second             | 1 second       |
        | set back 10 minutes                 | is set back by 10 minutes           | 10 minutes     |
        | standing still for 100,000 names    | stands still for 100,000 names      | 0 milliseconds |
        | advancing in steps of 16 milliseconds | advances in steps of 16 milliseconds | 0 milliseconds |
        | 1 hour ahead and back again         | goes 1 hour ahead and back again    | 1 hour         |

    @unit @hard
    Scenario Outline: Operators are told when names run ahead of the clock: <case>
      Given an instance has given 10 names
      When its clock is set back by <back> while it gives names
      Then operators are told "<told>"
      And the figure they watch shows "<figure>"

      Examples:
        | case                 | back                 | told                                                                       | figure     |
        | less than 10 seconds | 9,999 milliseconds   | nothing                                                                    | nothing    |
        | 10 seconds           | 10,000 milliseconds  | names are ahead of the clock; order is held until it has caught up         | 10000 ms   |
        | 10 minutes           | 600,000 milliseconds | names are ahead of the clock; order is held until it has caught up         | 600000 ms  |
        | more than 10 minutes | 600,001 milliseconds | names are too far ahead of the clock; order is held until it has caught up | 600001 ms  |

    @unit @hard
    Scenario: An instance whose names run more than 10 minutes ahead takes itself out of service and says why
      Given an instance has given 10 names
      When its clock is set back by 600,001 milliseconds while it gives names
      Then it is out of service because "names run 11 minutes ahead of the clock; at most 10 are allowed"

    @unit
    Scenario: An instance comes back into service when its clock has caught up to within 10 minutes
      Given an instance is out of service because its clock was set back by 11 minutes
      When its clock catches up by 1 minute
      Then it is in service again and gives names

    @unit
    Scenario: Operators are told when names follow the clock again
      Given an instance is out of service because its clock was set back by 11 minutes
      When its clock catches up by 11 minutes
      Then it is in service again and gives names
      And operators are told at last "names follow the clock again"

    @unit
    Scenario Outline: A name dated in the future is a name, but marked when it is too far ahead: <case>
      Given a name is dated <ahead> into the future
      When it is looked at
      Then it is known by the moment it was given
      And it is "<marked>" as ahead of its time

      Examples:
        | case                          | ahead                | marked     |
        | 10 minutes ahead              | 600,000 milliseconds | not marked |
        | 10 minutes and a moment ahead | 600,001 milliseconds | marked     |

    @unit
    Scenario: A name given two years ago is as good as new
      Given a name was given 730 days ago
      When it is looked at
      Then it is known by the moment it was given
      And it is "not marked" as ahead of its time
      And it passes every gate for its kind

    @e2e @operations
    Scenario: Dana's threads are listed newest first, whichever of two instances opened them
      Given Dana from Acme has opened the threads "May", "June" and "July" in turn on two instances
      When she lists her threads
      Then they are listed as "July, June, May"

    @integration
    Scenario Outline: A name dated in the future still finds its record but decides no order: <case>
      Given a thread was opened between two others by an instance whose clock is <ahead> ahead
      When the threads are listed and the one ahead is opened by its name
      Then they are listed in the order they were opened, newest first, and the one ahead is found

      Examples:
        | case                    | ahead         |
        | 10 minutes ahead        | 600 seconds   |
        | 10 minutes and 1 second | 601 seconds   |
