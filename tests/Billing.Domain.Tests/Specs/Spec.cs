using System.Text.Json;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests.Specs;

/// <summary>Given(history).When(decision).Then(events): the whole test language of the domain.</summary>
public static class Spec
{
    private static readonly Dictionary<Type, StoredEvent> Stored =
        StoredEvents.All.ToDictionary(stored => stored.ClrType);

    public static History Given(params PreapprovalEvent[] history) => new(history);

    public static History Given(PreapprovalEvent[] history, params PreapprovalEvent[] more) =>
        new([.. history, .. more]);

    /// <summary>The event as its row reads: what is compared, and what a failure shows.</summary>
    public static string AsStored(PreapprovalEvent @event)
    {
        var stored = Stored[@event.GetType()];
        return $"{stored.Name} {JsonSerializer.Serialize(@event.Sealed(), stored.Json)}";
    }

    public sealed class History(PreapprovalEvent[] past)
    {
        public Outcome When(Func<Preapproval, PreapprovalEvent[]> decide) => new(State, decide);

        /// <summary>Looks at what the history adds up to.</summary>
        public void Is<T>(T expected, Func<Preapproval, T> look) => Assert.Equal(expected, look(State));

        // A stream that has not begun has no state: the few decisions that begin one take null.
        private Preapproval State => past.Aggregate((Preapproval?)null, Preapproval.Fold)!;
    }

    public sealed class Outcome(Preapproval state, Func<Preapproval, PreapprovalEvent[]> decide)
    {
        /// <summary>Also repeats the decision on the new state, which then records nothing.</summary>
        public void Then(params PreapprovalEvent[] expected)
        {
            ThenOnce(expected);
            AssertSame([], decide(expected.Aggregate(state, Preapproval.Fold)));
        }

        /// <summary>For steps that may be taken again, such as a look-up that finds nothing.</summary>
        public void ThenOnce(params PreapprovalEvent[] expected) => AssertSame(expected, decide(state));

        public void ThenNothing() => Then();

        public void ThenRefused(string code)
        {
            var violation = Assert.Throws<RuleViolation>(() => decide(state));

            Assert.Equal(code, violation.Code);
            Assert.EndsWith(".", violation.Message);
        }

        // As text, because lists in records have no equality; whole, because the end of a row matters too.
        private static void AssertSame(PreapprovalEvent[] expected, PreapprovalEvent[] actual)
        {
            var (wanted, got) =
                (string.Join('\n', expected.Select(AsStored)), string.Join('\n', actual.Select(AsStored)));

            Assert.True(wanted == got, $"Expected:\n{wanted}\nActual:\n{got}");
        }
    }
}
