@enterprise @id-manager @state-manager
Feature: Combined keys cannot be forged or confused
  Records of many companies lie side by side under keys made of several parts. Parts that could pose as other parts would
  let one company's text reach into another company's records.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: No text a customer can type ever reaches, or removes, records of somebody else
    Revenue: enterprise

  @ID-06
  Rule: Combined keys cannot be forged or confused

    @integration @hard
    Scenario Outline: Removing everything of one thread leaves look-alike threads untouched: <case>
      Given Dana from Acme has noted "compare prices" in the thread "<thread>"
      And she has noted "hire" in the thread "<look-alike>"
      When she clears the thread "<thread>"
      Then Dana finds nothing in the thread "<thread>"
      And Dana finds "hire" in the thread "<look-alike>"

      Examples:
        | case             | thread | look-alike |
        | begins alike     | Q3     | Q3 plan    |
        | with a colon     | Q3     | Q3:1       |
        | a search pattern | Q*     | Q3         |

    @integration
    Scenario: A part that is empty is refused, and Redis is left as it was
      Given Dana from Acme has noted "compare prices" in the thread "Q3"
      When she notes "hire" in the thread ""
      Then she is refused because the name of the thread is empty
      And Dana finds "compare prices" in the thread "Q3"
