@enterprise @auth
Feature: Staying signed in
  People stay signed in without typing a password all day, and no longer than they want to. A laptop left in a train,
  or a copied token, must stop opening the company's business the moment its owner says so or the copy shows.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A lost device or a stolen token is worth nothing within seconds, and honest devices go on undisturbed
    Revenue: enterprise

  @AU-03
  Rule: Renewal replaces the old token, and theft shows

    @e2e
    Scenario: Renewing gives Dana a new pair and retires the old one
      Given Dana from Acme has signed in on a laptop
      When her laptop renews its sign-in twice
      Then each time it has a new pair for the same sign-in, and calls know it
      And its first renewal is refused as "refresh_reused"

    @e2e @hard
    Scenario: A laptop that lost the reply asks again and gets the same renewal
      Given Dana from Acme has signed in on a laptop
      When her laptop renews its sign-in, loses the reply and asks again
      Then both replies hold the same renewal, and calls know it

    @e2e @hard
    Scenario: A used token shown again ends the whole sign-in
      Given Dana from Acme has signed in on a laptop and a phone
      And her laptop has renewed its sign-in
      When somebody shows the used renewal of her laptop on a device of their own
      Then they are told "This renewal was used before, so the sign-in was ended. Sign in again." and get no token
      And within 2 seconds calls and renewal of her laptop are refused as "session_ended"
      And her phone goes on

  @AU-04
  Rule: Signing out holds everywhere, at once

    @e2e
    Scenario: A device that is signed out loses calls, renewal and live connection
      Given Dana from Acme has signed in on a laptop and a phone
      When she ends the sign-in of her laptop
      Then within 2 seconds calls and renewal of her laptop are refused as "session_ended"
      And within 2 seconds the live connection of her laptop is closed
      And her phone goes on

    @e2e @hard
    Scenario: A suspended company loses its calls, renewals and live connections, and nobody else does
      Given Dana from Acme has signed in on a laptop
      And Leo from Birch has signed in on a phone
      When the operators suspend Acme
      Then within 2 seconds calls and renewal of Dana's laptop are refused as "access_revoked"
      And within 2 seconds the live connection of Dana's laptop is closed, with no use in coming back
      And Dana cannot sign in, and is told "The e-mail or the password is not right."
      And Leo's phone goes on

    @e2e
    Scenario: A company that is back signs in anew, and what was ended stays ended
      Given Dana from Acme has signed in on a laptop
      And the operators have suspended Acme, twice
      When the operators restore Acme, and she signs in on her phone
      Then calls know her phone
      And within 2 seconds calls and renewal of her laptop are refused as "session_ended"

    @e2e @hard
    Scenario: Whoever is removed from a company is out at once, on every device
      Given Dana from Acme has signed in on a laptop
      And Ravi from Acme has signed in on a phone
      When Olga from Acme removes Dana from the company
      Then within 2 seconds calls and renewal of Dana's laptop are refused as "session_ended"
      And within 2 seconds the live connection of Dana's laptop is closed, with no use in coming back
      And Dana cannot sign in, and is told "The e-mail or the password is not right."
      And Ravi's phone goes on

    @e2e @operations @hard
    Scenario: Whoever is removed is out on every instance, even while instances cannot hear of each other
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has signed in
      And calls know Dana there
      And Redis has become unreachable
      When Olga from Acme removes Dana from the company
      Then within 2 seconds calls of Dana there are refused as "session_ended"

    @e2e @hard
    Scenario Outline: Nobody is suspended by mistake: <case>
      Given Dana from Acme has signed in on a laptop
      When <somebody> tries to suspend and restore <company>
      Then both are refused as "<reason>"
      And her laptop goes on

      Examples:
        | case             | somebody                     | company                 | reason           |
        | not an operator  | an administrator of Acme     | Acme                    | operator_unknown |
        | no such company  | an operator                  | a company that is not there | not_found    |

  @AU-10
  Rule: Devices follow the plan

    @e2e
    Scenario Outline: One device too many ends the oldest, and says why: <case>
      Given <person> has signed in on a laptop
      And they have signed in on <more> more devices
      When they sign in on a phone
      Then their laptop is told "This sign-in was ended by a newer one: your plan has <devices> for each person. Sign in again."
      And within 2 seconds the live connection of their laptop is closed
      And their phone goes on

      Examples:
        | case  | person         | more | devices |
        | free  | Leo from Birch | 2    | 3       |
        | early | Mia from Cedar | 4    | 5       |

    @e2e @hard
    Scenario: Signing in on many devices at once leaves no more than the plan has
      Given Leo from Birch has signed in on a laptop
      When he signs in on 6 devices at once
      Then 3 of his devices are known to calls

