namespace Billing.Demo;

/// <summary>What was promised, said with a tick as soon as it has been seen to hold.</summary>
internal sealed class Checks
{
    private readonly List<string> _broken = [];

    public int Held { get; private set; }

    /// <summary>Sentences; empty when everything held.</summary>
    public IReadOnlyList<string> Broken => _broken;

    /// <param name="otherwise">What was seen instead.</param>
    public void That(string promise, bool holds, string otherwise)
    {
        if (holds)
        {
            Held++;
            Print.Tick(promise);
        }
        else
        {
            _broken.Add($"{promise} - not so: {otherwise}");
            Print.Cross(promise, otherwise);
        }
    }

    private static string Listed<T>(IEnumerable<T> items) =>
        string.Join(", ", items) is { Length: > 0 } list ? list : "nothing";

    /// <summary>Both lists show the same, in the same order.</summary>
    public void Same<T>(string promise, IEnumerable<T> expected, IEnumerable<T> seen)
    {
        var (wanted, found) = (expected.ToList(), seen.ToList());
        That(
            promise, wanted.SequenceEqual(found), $"missing {Listed(wanted.Except(found))}; unexpected "
                + $"{Listed(found.Except(wanted))}; {wanted.Count} expected, {found.Count} seen");
    }
}
