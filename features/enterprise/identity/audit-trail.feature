@enterprise @auth
Feature: Audit trail
  After an incident, and once a year, an auditor asks who decided what. An enterprise customer buys a record that nobody
  can have altered unseen, neither its own administrators nor the platform's operators.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Each decision about people and rights can be shown to an auditor, and shown to be complete
    Revenue: enterprise

  @AU-13
  Rule: Every decision leaves a trace that cannot be altered unseen

    @e2e
    Scenario Outline: Each decision leaves exactly one entry, which names who, what and whom: <case>
      Given Olga from Acme has signed in
      And Dana from Acme is registered
      When <decision>
      Then Acme's audit trail has one entry more: by <who>, <what>, about <whom>

      Examples:
        | case            | decision                                      | who    | what               | whom        |
        | sign-in         | Dana from Acme signs in                       | Dana   | a sign-in          | a sign-in   |
        | refused sign-in | somebody guesses her password 1 time at once  | nobody | a refused sign-in  | Dana        |
        | role            | Olga makes Dana administrator                 | Olga   | a changed role     | Dana        |
        | removal         | Olga removes Dana from the company            | Olga   | a removal          | Dana        |
        | password        | Olga gives Dana a new password                | Olga   | a changed password | Dana        |
        | operator's act  | the operators move Acme to the mid plan       | the operator ines | a changed plan     | the company |

    @e2e @hard
    Scenario Outline: The end of a sign-in leaves exactly one entry: <case>
      Given Olga from Acme has signed in
      And Dana from Acme has signed in on a laptop
      And her laptop has renewed its sign-in
      When <decision>
      Then Acme's audit trail has exactly one entry for <what>, by <who> about a sign-in

      Examples:
        | case           | decision                                                               | who    | what                 |
        | sign-out       | Dana ends the sign-in of her laptop                                    | Dana   | a sign-out           |
        | a stolen token | somebody shows the used renewal of her laptop on a device of their own | nobody | a renewal used twice |

    @e2e
    Scenario: A company's auditor reads and verifies its own trail, and nothing of another company
      Given Olga from Acme and Leo from Birch have signed in
      When Olga reads and verifies the audit trail
      Then it is intact, and holds each of its entries once, and none about Birch

    @e2e @hard
    Scenario: A member reads no audit trail
      Given Dana from Acme has signed in
      When Dana reads and verifies the audit trail
      Then both are refused because the right to it is missing, and nothing is read

    @integration @hard
    Scenario Outline: Tampering is found and located: <case>
      Given Olga from Acme has signed in
      And the operators have moved Acme 4 times between plans
      When somebody who holds the database <tampers>
      Then verifying Acme's trail finds entry <entry>: "<finding>"

      Examples:
        | case    | tampers                   | entry | finding                                              |
        | changed | changes the third entry   | 3     | This entry was changed after it had been written.    |
        | removed | removes the third entry   | 3     | This entry is missing.                               |
        | cut off | cuts off the newest entry | 7     | The chain ends before this entry, which was written. |

    @integration @hard
    Scenario: What is older than the plan keeps is gone, and nobody takes that for tampering
      Given the operators moved Acme between plans 366 days and 364 days ago
      When what is too old is removed from the audit trails
      Then the later of the two is the only entry of Acme's audit trail, which is intact

    @integration @hard
    Scenario: A decision that cannot be written down does not happen, and no other company waits
      Given Olga from Acme, Ada from Acme and Dana from Acme have signed in
      And Leo from Birch is registered
      And nothing can be written into Acme's audit trail
      When Olga tries to make Dana administrator, and Leo signs in meanwhile
      Then it is refused because nothing can be written down, after Leo was signed in
      And everybody at Acme has the role they had

    @e2e @hard
    Scenario: Many decisions at once leave one unbroken chain
      Given Olga from Acme has signed in
      When the operators move Acme 100 times between plans at once
      Then Acme's audit trail is intact, and 100 entries longer
