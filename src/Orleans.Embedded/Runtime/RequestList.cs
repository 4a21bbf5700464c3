using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>A list of requests linked through the requests themselves. Not safe for threads: the owner locks.</summary>
internal struct RequestList
{
    public GrainRequest? First { get; private set; }

    public GrainRequest? Last { get; private set; }

    public int Count { get; private set; }

    public void Add(GrainRequest request)
    {
        request.Previous = Last;
        request.Next = null;
        if (Last is null)
            First = request;
        else
            Last.Next = request;
        Last = request;
        Count++;
    }

    public void Remove(GrainRequest request)
    {
        if (request.Previous is null)
            First = request.Next;
        else
            request.Previous.Next = request.Next;
        if (request.Next is null)
            Last = request.Previous;
        else
            request.Next.Previous = request.Previous;
        request.Next = request.Previous = null;
        Count--;
    }

    public readonly void FailOverdue(long now)
    {
        for (var request = First; request is not null; request = request.Next)
        {
            if (request.Deadline <= now)
                request.TryTimeOut();
        }
    }

    /// <summary>Empties the list and returns what was in it.</summary>
    public List<GrainRequest> TakeAll()
    {
        var all = new List<GrainRequest>(Count);
        while (First is { } request)
        {
            Remove(request);
            all.Add(request);
        }

        return all;
    }
}
