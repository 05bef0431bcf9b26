@chat @agent-registry
Feature: Everybody's answers are their own
  A customer's question is worked on by specialists who see that customer's calls alone. Nobody else can read an answer,
  steer it or stop it, nor find out that it exists.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Nobody sees, steers or stops anybody else's answers
    Revenue: chat

  @AG-05
  Rule: Each specialist is described once and truthfully, and uses the tools that are its own

    @e2e
    Scenario: Each specialist uses the tools that are its own
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then her phone shows who used which tool:
        | specialist   | tools                     |
        | triage       | usage_coverage            |
        | data         | usage_summary, price_list |
        | optimisation | find_savings              |

  @AG-06
  Rule: Every run has its own agents, and nobody else's

    @e2e @hard
    Scenario: Two customers ask at one moment, and each answer counts their own calls
      Given Acme has a month of AI usage
      And Birch has made 20 calls of the feature "search"
      And Dana from Acme and Leo from Birch each have a phone open on a thread "Q3 spend"
      When Dana and Leo ask "Where does our money go?" at one moment
      Then Dana's report counts as many calls as are stored for Acme
      And Leo's report counts as many calls as are stored for Birch

    @e2e @hard
    Scenario: One person's questions in two threads keep apart
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And Dana from Acme has a laptop open on the thread "Offsite"
      When she asks "What did gpt-4o cost?" on her phone and "Will it rain tomorrow?" on her laptop at the same moment
      Then her phone shows one answer, to "What did gpt-4o cost?"
      And her laptop shows one answer, to "Will it rain tomorrow?"

    @e2e @hard
    Scenario Outline: Reading or stopping a question that is not yours looks like one that was never asked: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has asked "Where does our money go?"
      When <person> tries to read and to stop <question>
      Then both times the answer is "There is no such run."
      And Dana's phone shows the whole answer

      Examples:
        | case               | person         | question                     |
        | a colleague's      | Ravi from Acme | Dana's question              |
        | another customer's | Leo from Birch | Dana's question              |
        | never asked        | Ada from Acme  | a question that nobody asked |
