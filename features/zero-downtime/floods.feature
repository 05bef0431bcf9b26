@zero-downtime @lifecycle-manager
Feature: Somebody else's flood
  Whoever shares a service with others pays for their own share of it. A script that runs wild, a thief who tries passwords,
  a company that asks everything at once: if they made everybody else wait, each customer would be as well served as the
  worst of them allows.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: However much one customer or stranger sends, every other customer works on
    Revenue: zero-downtime

  @LC-13
  Rule: Another customer's flood, or a stranger's, does not make anybody wait

    @e2e @operations @hard @exclusive
    Scenario Outline: Dana signs in and is answered during <case>
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she signs in on a tablet and asks "Where does our money go?" while <flood>
      Then she is signed in within 1 second and answered within 2 seconds
      And her phone shows the whole answer, with no event missing or doubled

      Examples:
        | case                        | flood                                             |
        | a storm of sign-ins         | somebody signs in 60 times at once                |
        | a storm of renewals         | somebody sends 250 invented renewals at once      |
        | large bodies                | somebody sends six reports of 4 MB at once        |
        | requests nobody reads       | somebody asks for more and more and reads nothing |
        | another company's questions | another company asks 400 questions at once        |
