@chat @agent-registry
Feature: Days as the company counts them
  A company in Auckland lives half a day ahead of our servers. If "yesterday" is somebody else's yesterday, no figure agrees
  with its own books, and it stops asking.

  Business value:
    Segment: Mid, Enterprise
    Goal: Retention
    Impact: Figures by day and month agree with the customer's own books, wherever the customer is
    Revenue: chat

  @AG-18
  Rule: Days begin and end in the company's time zone, and the answer says which

    @e2e
    Scenario Outline: Yesterday is the company's own yesterday: <case>
      Given an administrator of Acme has set its time zone to "<zone>"
      And a program of Dana from Acme has reported a call half an hour into yesterday, one half an hour before its end, and 5 just before it
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How many calls did we make yesterday?"
      Then the report says "(days of <zone>), 2 calls"

      Examples:
        | case             | zone                |
        | half a day ahead | Pacific/Auckland    |
        | a half hour off  | Asia/Kolkata        |
        | behind           | America/Los_Angeles |

    @e2e
    Scenario: A zone that is none is refused by name, and who may not set it is refused
      Given an administrator of Acme has set its time zone to "Europe/Berlin"
      When an administrator of Acme tries to set it to "+05:30", and Dana from Acme to "Asia/Kolkata"
      Then the first is told "invalid_input" about "timeZone", and the second "not_allowed"
      And the time zone of Acme is "Europe/Berlin"

    @e2e
    Scenario: An operator sets it for a company
      When an operator sets the time zone of Acme to "Asia/Kolkata"
      Then the time zone of Acme is "Asia/Kolkata"
