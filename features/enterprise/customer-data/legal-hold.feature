@enterprise @state-persistence
Feature: Legal hold
  A company in a lawsuit must not lose what it may have to show. A hold keeps everything of a person or of the company,
  whoever wants it gone, and lets it go on the day it is lifted.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Nothing is destroyed while the law forbids it, and nothing stays a day longer than that
    Revenue: enterprise

  @SP-08
  Rule: A legal hold outlasts erasure, deletion and retention

    @integration @operations @hard
    Scenario: Being forgotten waits for the hold, and says so
      Given a platform whose stores can be searched
      And Dana from Acme has been answered "Where does our money go?" in the thread "Merger with Dune"
      And Ada from Acme has placed a legal hold on Dana for "Lawsuit of May"
      When Ada has Dana forgotten
      Then Ada is told that it is held, and everything of Dana's company is as before

    @integration @operations @hard
    Scenario: Being forgotten goes on when the hold is lifted
      Given a platform whose stores can be searched
      And Dana from Acme has been answered "Where does our money go?" in the thread "Merger with Dune"
      And a legal hold is what Ada from Acme waits for to have Dana forgotten
      When Ada lifts the hold on Dana
      Then within 30 seconds Ada is told that it is done
      And nothing of Dana is found in any table, key or column

    @e2e
    Scenario: What is held cannot be deleted by its owner either
      Given Dana from Acme has a phone open on the thread "Merger with Dune"
      And Ada from Acme has placed a legal hold on Dana for "Lawsuit of May"
      When Dana tries to delete the thread "Merger with Dune"
      Then that wish is refused because there is a legal hold on it
      And Dana still has the thread "Merger with Dune"

    @e2e @operations @hard
    Scenario: What has been kept long enough stays while it is held
      Given a platform on which months can pass
      And Dana from Acme and Ravi from Acme have been answered in the threads "Q3 spend" and "Team offsite"
      And Ada from Acme has placed a legal hold on Dana for "Lawsuit of May"
      When 91 days pass
      Then Ravi's thread "Team offsite" holds nothing any more
      And Dana's thread "Q3 spend" holds all that was said
