@enterprise @analytics
Feature: The history of usage
  Thirteen months of usage are what figures are made of. They outlive every version, instance and outage of ours, and what was
  acknowledged once is there.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A new version, a crash or an outage neither loses a call nor counts one twice
    Revenue: enterprise

  @CH-02
  Rule: Every use counts exactly once

    @integration @hard
    Scenario: ClickHouse keeps a report and its reply is lost: sent again, each call counts once
      Given the reply to a report of 10 calls by Acme was lost on its way
      When that report is sent again
      Then 0 of its calls are recorded and 10 are known already
      And Acme is told of 10 calls

    @integration @hard
    Scenario: Two instances are sent the same calls cut differently: each counts once
      When programs of Acme send the same 60 calls to two instances at one moment, in reports of 20 and of 15
      Then Acme is told of 60 calls

    @integration @hard
    Scenario Outline: An id that is used for another call is refused, and the first stays: <case>
      When programs of Acme report two different calls under one id, <when>
      Then one is recorded, and the other is refused because its id stands for another call, at "events[0].eventId"
      And Acme is told of 1 call

      Examples:
        | case    | when                 |
        | later   | one after the other  |
        | at once | at the same moment   |

  @CH-07
  Rule: Answers are never older than the customer's own use, and one reading serves all who ask the same

    @integration @hard
    Scenario: A call that was acknowledged before a question is in its answer, on every instance
      When a program of Acme reports 5 calls to one instance, one after the other, and another instance is asked after each
      Then Acme is told of 1, 2, 3, 4 and 5 calls

    @integration @hard
    Scenario: A hundred people who ask the same at once cost one reading
      Given programs of Acme have reported 3 calls, and of Birch 5, where each reading takes a second
      When 100 people of Acme ask the same at once
      Then ClickHouse is reading for one question
      And each of them is told of 3 calls

  @CH-09
  Rule: While ClickHouse fails, customers are told so, and no answer is shorter than the truth

    @integration @hard
    Scenario Outline: An answer that ClickHouse does not give is an error, never a shorter answer: <case>
      Given Acme has 500 features, and a connection to ClickHouse that can be broken
      When the connection <breaks> while Acme asks for each of them
      Then it is refused because ClickHouse gives no answer, and told to try again
      And it is told of 500 features once the connection is back

      Examples:
        | case          | breaks                  |
        | breaks off    | breaks off half-way     |
        | refuses       | is refused              |

  @CH-10
  Rule: The history's shape is built once and checked

    @integration @hard
    Scenario: Five instances that start on an empty history build it once
      When 5 instances start on an empty history at one moment
      Then each of them records a call, and each is told of 5 calls

    @integration
    Scenario Outline: A history of another shape refuses the start, and says what differs: <case>
      Given a history of which <what was changed>
      When an instance opens it
      Then the instance is refused because the history has another shape, at "<column>"

      Examples:
        | case       | what was changed                     | column           |
        | missing    | a column was removed                 | usage.run_id     |
        | other type | a column was given another type      | usage.latency_ms |
        | unknown    | a column was added by somebody       | usage.extra      |
