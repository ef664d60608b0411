using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>{"Preapproval": …}: a request, an answer, a refusal or a notification.</summary>
public sealed record PreapprovalEnvelope
{
    public WirePreapproval? Preapproval { get; init; }
}

/// <summary>{"Payment": …}: an answer, a refusal or a notification.</summary>
public sealed record PaymentEnvelope
{
    public WirePayment? Payment { get; init; }
}

/// <summary>{"Payment": …}: a request to charge.</summary>
public sealed record RecurrentEnvelope
{
    public WireRecurrentPayment? Payment { get; init; }
}

/// <summary>{"Preapprovals": […]}, limited detail, without paging.</summary>
public sealed record PreapprovalList
{
    public IReadOnlyList<WirePreapproval>? Preapprovals { get; init; }

    /// <summary>Given instead of rows when the call failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>{"Payments": […], "Count": …}, limited detail, one page.</summary>
public sealed record PaymentList
{
    public IReadOnlyList<WirePayment>? Payments { get; init; }

    /// <summary>Rows on this page.</summary>
    public int? Count { get; init; }

    public int? TotalPages { get; init; }

    public int? TotalCount { get; init; }

    /// <summary>Counted from 1.</summary>
    public int? PageIndex { get; init; }

    public int? PageSize { get; init; }

    /// <inheritdoc cref="PreapprovalList.Error"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>{"Message": …}: what official clients read from an error without an object, such as 401.</summary>
public sealed record MessageBody(string Message);
