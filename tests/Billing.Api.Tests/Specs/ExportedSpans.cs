using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Billing.Api.Tests.Specs;

/// <summary>What the in-memory exporter has got so far. Other worlds of the process add theirs.</summary>
public sealed class ExportedSpans : Collection<Activity>
{
    private readonly Lock gate = new();

    /// <summary>Those that have an attribute with this value.</summary>
    public Activity[] With(string attribute, object value) =>
        [.. Seen().Where(span => value.Equals(span.GetTagItem(attribute)))];

    /// <summary>The span that another one is a part of; null where it is the first of its trace.</summary>
    public Activity? ParentOf(Activity span) =>
        Seen().SingleOrDefault(one => one.SpanId == span.ParentSpanId && one.TraceId == span.TraceId);

    public IEnumerable<Activity> PartsOf(Activity span) =>
        Seen().Where(one => one.ParentSpanId == span.SpanId && one.TraceId == span.TraceId);

    /// <summary>The span, the one that it is a part of, and so on.</summary>
    public IEnumerable<Activity> WayUpFrom(Activity span)
    {
        for (var at = span; at is not null; at = ParentOf(at))
        {
            yield return at;
        }
    }

    /// <summary>The spans that share the work of this one.</summary>
    public IEnumerable<Activity> CallersOf(Activity batch) =>
        Seen().Where(one => batch.Links.Any(link => link.Context.SpanId == one.SpanId));

    public Activity[] Seen()
    {
        lock (gate)
        {
            return [.. Items];
        }
    }

    protected override void InsertItem(int index, Activity item)
    {
        lock (gate)
        {
            base.InsertItem(Items.Count, item);
        }
    }
}
