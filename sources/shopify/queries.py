"""What a store is asked. Each stays below 1,000 points, which is the most that one query may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    name: str
    text: str


PRODUCTS_A_PAGE = 10
PRODUCTS_BY_ID = 10
IDS_A_PAGE = 250
NODES_AT_ONCE = 250
REST_AT_ONCE = 100  # of the variants and so on that did not fit on the page

_PICTURE = "id preview { image { url } }"
_PRODUCT = f"""
    id title handle descriptionHtml productType category {{ fullName }} vendor tags status
    onlineStoreUrl updatedAt featuredMedia {{ {_PICTURE} }}
"""
_VARIANT = """
    id sku price compareAtPrice availableForSale inventoryQuantity inventoryPolicy
    selectedOptions { name value } inventoryItem { id tracked }
"""
_PAGE = "pageInfo { hasNextPage endCursor }"
# By connection of a product: what is read of its nodes.
NODES = {
    "variants": f"{_VARIANT} media(first: 1) {{ nodes {{ {_PICTURE} }} }}",
    "collections": "id title handle",
    "metafields": "id namespace key value",
}
_FIRST = {"variants": 8, "collections": 10, "metafields": 10}
_CONNECTIONS = "\n".join(
    f"{name}(first: {_FIRST[name]}) {{ {_PAGE} nodes {{ {nodes} }} }}" for name, nodes in NODES.items()
)

SHOP = Query(
    name="shop",
    # Without a limit it counts to 10,000 and no further.
    text="""query Shop {
        shop { currencyCode } productsCount(limit: null) { count precision }
    }""",
)
PAGE = Query(
    name="page",
    text=f"""query Page($after: String, $where: String, $key: ProductSortKeys) {{
        products(first: {PRODUCTS_A_PAGE}, after: $after, query: $where, sortKey: $key) {{
            {_PAGE} nodes {{ {_PRODUCT} {_CONNECTIONS} }}
        }}
    }}""",
)
BY_ID = Query(
    name="by_id",
    text=f"""query ById($ids: [ID!]!) {{
        nodes(ids: $ids) {{ ... on Product {{ {_PRODUCT} {_CONNECTIONS} }} }}
    }}""",
)
REST = {
    connection: Query(
        name=f"rest of {connection}",
        text=f"""query Rest($id: ID!, $after: String) {{ product(id: $id) {{ updatedAt
            {connection}(first: {REST_AT_ONCE}, after: $after) {{ {_PAGE} nodes {{ {nodes} }} }}
        }} }}""",
    )
    for connection, nodes in NODES.items()
}
IDS = Query(
    name="ids",
    text=f"""query Ids($after: String, $where: String, $key: ProductSortKeys) {{
        products(first: {IDS_A_PAGE}, after: $after, query: $where, sortKey: $key) {{
            {_PAGE} nodes {{ id updatedAt }}
        }}
    }}""",
)
EXIST = Query(name="exist", text="query Exist($ids: [ID!]!) { nodes(ids: $ids) { id } }")
OF_ITEMS = Query(
    name="of_items",
    text="""query OfItems($ids: [ID!]!) {
        nodes(ids: $ids) { ... on InventoryItem { id variant { id product { id } } } }
    }""",
)
OF_COLLECTION = Query(
    name="of_collection",
    text=f"""query OfCollection($id: ID!, $after: String) {{
        collection(id: $id) {{ products(first: {IDS_A_PAGE}, after: $after) {{ {_PAGE} nodes {{ id }} }} }}
    }}""",
)

# Five connections, two levels deep below products, are the most that Shopify takes in bulk.
_BULK_VARIANT = f"{_VARIANT} media {{ edges {{ node {{ {_PICTURE} }} }} }}"
BULK_CONTENT = f"""{{ products {{ edges {{ node {{ {_PRODUCT}
    variants {{ edges {{ node {{ {_BULK_VARIANT} }} }} }}
    collections {{ edges {{ node {{ {NODES["collections"]} }} }} }}
    metafields {{ edges {{ node {{ {NODES["metafields"]} }} }} }}
}} }} }} }}"""
BULK_START = Query(
    name="bulk_start",
    text="""mutation BulkStart($content: String!) {
        bulkOperationRunQuery(query: $content, groupObjects: true) {
            bulkOperation { id } userErrors { field message }
        }
    }""",
)
BULK_LOOK = Query(
    name="bulk_look",
    text="""query BulkLook($id: ID!) {
        bulkOperation(id: $id) { id status errorCode objectCount url }
    }""",
)
