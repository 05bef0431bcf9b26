@enterprise @state-persistence
Feature: Being forgotten
  A customer signs when the law's demands are met without a lawyer: whoever has to go, goes from every store, and nobody else
  does. What is only hidden, or comes back from a backup, is a fine waiting to be paid.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: A person, or the whole company, is gone everywhere within the hour, and everything of the others is there
    Revenue: enterprise

  @SP-09
  Rule: A person can be forgotten, and a company can leave, without a trace of what was theirs

    @integration @operations @hard
    Scenario: An administrator has a colleague forgotten, and a search through every store finds nothing of hers
      Given a platform whose stores can be searched
      And Dana from Acme and Ravi from Acme have been answered in the threads "Merger with Dune" and "Team offsite"
      When Ada from Acme has Dana forgotten
      Then within 30 seconds Ada is told that it is done
      And nothing of Dana is found in any table, key or column
      And everything of Ravi's company that was not hers is as before

    @integration @operations @hard
    Scenario: A colleague who has left the company is forgotten, too
      Given a platform whose stores can be searched
      And Dana from Acme has been answered "Where does our money go?" in the thread "Merger with Dune"
      And 20 calls of Dana from Acme are recorded
      And Ada from Acme has removed Dana from the company
      When Ada has Dana forgotten
      Then within 30 seconds Ada is told that it is done
      And nothing of Dana is found in any table, key or column

    @integration @operations @hard
    Scenario: The instance that erases is killed half-way, and another one goes on by itself
      Given a platform whose stores can be searched, of two instances
      And Dana from Acme has been answered "Where does our money go?" in the thread "Merger with Dune"
      When Ada from Acme has Dana forgotten, and the instance that she asked is killed at once
      Then within 30 seconds Ada is told that it is done
      And nothing of Dana is found in any table, key or column

    @integration @operations @hard
    Scenario: The owner has the whole company forgotten
      Given a platform whose stores can be searched
      And Dana from Acme and Leo from Birch have been answered in the threads "Merger with Dune" and "Rent"
      And 20 calls of Dana from Acme are recorded
      When Olga from Acme has the company forgotten
      Then within 30 seconds operators read that it is done
      And nothing of the company is found in any table, key or column
      And Dana can sign in no more

    @e2e @hard
    Scenario Outline: Nobody is forgotten by whoever may not decide it: <case>
      Given Olga from Acme, Ada from Acme, Dana from Acme and Leo from Birch have signed in
      When <somebody> wants <what>
      Then that wish is refused because <reason>
      And everybody at Acme is there

      Examples:
        | case                       | somebody       | what                                             | reason                               |
        | a colleague, by a member   | Dana from Acme | Ada to be forgotten                              | the right to it is missing           |
        | the owner                  | Ada from Acme  | Olga to be forgotten                             | the right to it is missing           |
        | the last owner, by herself | Olga from Acme | herself to be forgotten                          | no owner would be left               |
        | another company's person   | Leo from Birch | Dana to be forgotten                             | there is nobody of that name         |
        | the company, by no owner   | Ada from Acme  | the company to be forgotten                      | the right to it is missing           |
        | the company, misspelt      | Olga from Acme | the company to be forgotten under the wrong name | the name of the company is not right |
