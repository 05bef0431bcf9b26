@enterprise @state-persistence
Feature: Taking data along
  A customer who can leave with everything stays with confidence. What the law gives each person, one request gives, as a
  file that proves of itself that nothing is missing.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Everybody gets all of their own data, nobody gets anything of anybody else's
    Revenue: enterprise

  @SP-12
  Rule: Everybody can take along all that is theirs, and nothing else

    @e2e
    Scenario: Dana takes her data along
      Given Ravi from Acme has a phone open on the thread "Team offsite"
      And Dana from Acme has a phone open on the thread "Merger with Dune"
      And she has been answered "Where does our money go?"
      When Dana takes her data along
      Then the file proves that it holds her account, her thread, its events, her question and what its tools found
      And the file names "Merger with Dune" and not "Team offsite"

    @e2e
    Scenario: The owner takes along what the whole company has
      Given Dana from Acme has a phone open on the thread "Merger with Dune"
      And Ravi from Acme has a phone open on the thread "Team offsite"
      And Leo from Birch has a phone open on the thread "Rent"
      When Olga from Acme takes along the data of the company
      Then the file names "Merger with Dune" and "Team offsite", and not "Rent"
      And the file proves that nothing is missing

    @e2e @hard
    Scenario Outline: Nobody takes along what is somebody else's: <case>
      Given Ada from Acme, Dana from Acme and Leo from Birch have signed in
      When <somebody> wants <what>
      Then that wish is refused because <reason>

      Examples:
        | case                      | somebody       | what               | reason                       |
        | a colleague's             | Dana from Acme | the data of Ada    | the right to it is missing   |
        | another company's         | Leo from Birch | the data of Dana   | there is nobody of that name |
        | the company's, not owning | Ada from Acme  | the company's data | the right to it is missing   |
