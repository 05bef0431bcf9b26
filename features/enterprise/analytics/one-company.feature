@enterprise @analytics
Feature: Usage of one company
  What a company asks of models, how often and for how much, says what it is working on. One figure that reaches somebody else
  ends the contract.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: No figure of one customer ever reaches another, however a question is put
    Revenue: enterprise

  @CH-01
  Rule: Figures belong to one customer

    @integration @hard
    Scenario: Two customers who ask the same at the same moment each get their own figures
      Given programs of Acme have reported 3 calls, and of Birch 5
      When both ask 20 times at the same moment how many there were
      Then Acme is told 3 each time, and Birch 5

    @integration @hard
    Scenario Outline: A filter written to break out shows nothing of another customer: <case>
      Given programs of Acme have reported 3 calls, and of Birch 5
      When Birch asks for the calls of the feature "<filter>"
      Then it is told of no calls

      Examples:
        | case             | filter                          |
        | quote            | ') or 1 = 1 --                  |
        | union            | ' union all select * from usage |
        | a placeholder    | {tenant:String}                 |
        | backslash        | \\'                             |

    @integration
    Scenario: One id that two customers use counts for each
      When programs of Acme and Birch report a call under the same id
      Then each of the two is told of 1 call

  @CH-08
  Rule: One customer's load stays theirs

    @integration @hard
    Scenario: While Birch has as many questions under way as it may, Acme is answered as before
      Given programs of Acme have reported 3 calls, and of Birch 5, where each reading takes a second
      When Birch asks 2 different questions at once, as many as its plan allows, one more, and Acme asks one
      Then the one more is refused because of the limit "readingsPerTenant"
      And Acme is answered before the second of Birch
