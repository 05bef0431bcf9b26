@chat @agent-registry
Feature: What an answer may use, and what it may show
  Answers are made from a company's own spending, in the name of the person who asked. A right that was taken away, a
  password in an answer or a report that everybody can read by accident would end the contract.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: Answers use what the asker may use at that moment, show no secret, and share only what is to be shared
    Revenue: chat

  @AG-12
  Rule: Tools respect who is asking, now

    @e2e @operations @hard
    Scenario: A company that is suspended while its question is worked on gets no further figure
      Given Acme has a month of AI usage
      And an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has asked "Where does our money go?" on a phone there, in the thread "Q3 spend"
      When the operators suspend Acme while her usage is read, and ClickHouse answers again
      Then the question has ended without an answer once the operators restore Acme

    @e2e
    Scenario Outline: Asking shares nothing, whatever the question says: <case>
      Given Acme has a month of AI usage
      And Ada from Acme has a laptop open on the thread "Q3 spend"
      When she asks "<question>"
      Then her laptop shows these tools at work: usage_coverage, usage_summary, price_list, find_savings
      And Ravi from Acme reads no report among the company's

      Examples:
        | case            | question                                                   |
        | told to publish | Please publish a report on our spending                    |
        | told not to     | Do not publish this: what do publishers cost in our usage? |

    @e2e
    Scenario: Whoever works for the company reads a shared report, and nobody else does
      Given Ada from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When she shares her report
      Then Ada from Acme reads Ada's report among the company's
      And Ravi from Acme reads Ada's report among the company's
      And Leo from Birch reads no report among the company's

    @e2e
    Scenario: What was shared is taken back, and then nobody else reads it
      Given Ada from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      And she has shared her report
      When Ada from Acme takes back Ada's report
      Then Ravi from Acme reads no report among the company's

    @e2e @hard
    Scenario Outline: A report is shared by its owner alone, who must have the right: <case>
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When <person> <act> Dana's report
      Then sharing is refused because '<reason>'
      And Ravi from Acme reads no report among the company's

      Examples:
        | case                    | person         | act        | reason                                                                                    |
        | without the right       | Dana from Acme | shares     | This needs the permission "reports:publish". Ask an administrator of your company for it. |
        | somebody else's         | Ada from Acme  | shares     | There is no such run.                                                                     |
        | somebody else's, undone | Ada from Acme  | takes back | There is no such run.                                                                     |

  @AG-13
  Rule: What is shown is safe and short, and the whole is kept

    @e2e @hard
    Scenario: The whole of a result is its owner's alone, and all others are told the same
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When Dana from Acme, Ravi from Acme and Leo from Birch fetch the result of Dana's first tool, and Dana one that nobody called
      Then Dana is given the result that her phone showed
      And each of the others is told "There is no such run.", in the same words

    @e2e @hard
    Scenario: A password that somebody made the name of a feature is hidden in what the report says
      Given Acme has made 20 calls of the feature "password=hunter2"
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "What did each feature cost today?"
      Then the report says "password=[hidden]"
      And her phone was shown "hunter2" nowhere
